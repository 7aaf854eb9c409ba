import { describe, expect, it } from 'vitest'
import { openWindow, postItem, see } from './open-window.ts'
import { CHIDI, MUSIC, post, topic } from './scenes.ts'

const MINUTE = 60_000
const scene = (...texts: readonly string[]): Parameters<typeof openWindow>[0] => ({
  snapshot: { topics: [topic('music', { people: 2 })] },
  posts: { [MUSIC]: texts.map((text, n) => post(CHIDI, 'Chidi', text, Date.now() - (texts.length - n) * 30 * MINUTE)) }
})

describe('a post that would fill many screens', () => {
  it('is folded, opens with a button or the keyboard, and folds again', async () => {
    const page = await openWindow(scene('before', `tower${'\n'.repeat(16_379)}end`, 'after'))
    const item = postItem(page, 'tower')
    const height = async (): Promise<number> => (await item.boundingBox())?.height ?? 0
    await see(postItem(page, 'after')).toBeVisible()
    await see(item).toBeVisible()
    expect(await height()).toBeLessThan(600)
    await item.getByRole('button', { name: 'Show all' }).click()
    await expect.poll(height).toBeGreaterThan(100_000)
    const less = item.getByRole('button', { name: 'Show less' })
    await less.focus()
    await page.keyboard.press('Enter')
    await expect.poll(height).toBeLessThan(600)
    await see(item.getByRole('button', { name: 'Show all' })).toBeFocused()
    await page.keyboard.press('Space')
    await expect.poll(height).toBeGreaterThan(100_000)
  })

  it('has the time beside the name, however short that is', async () => {
    const page = await openWindow({
      snapshot: { topics: [topic('music', { people: 2 })] },
      posts: { [MUSIC]: [post(CHIDI, 'Bo', `tower${'\n'.repeat(60)}end`, Date.now())] }
    })
    const item = postItem(page, 'tower')
    await see(item.getByRole('button', { name: 'Show all' })).toBeVisible()
    const [name, time] = await Promise.all([item.getByRole('button', { name: 'Bo' }).boundingBox(), item.getByRole('time').boundingBox()])
    expect((time?.x ?? Infinity) - (name?.x ?? 0) - (name?.width ?? 0)).toBeLessThan(16)
  })

  it('leaves posts of usual length as they are', async () => {
    const page = await openWindow(scene(Array.from({ length: 30 }, (_, n) => `line ${String(n)}`).join('\n')))
    await see(postItem(page, 'line 29')).toBeVisible()
    await see(page.getByRole('button', { name: 'Show all' })).toHaveCount(0)
  })
})

it('combining marks stay within their post and their name', async () => {
  const zalgo = `e${'\u0301\u0334'.repeat(400)}`
  const page = await openWindow({
    snapshot: { topics: [topic('music', { people: 2 })] },
    posts: { [MUSIC]: [post(CHIDI, 'Chidi', 'neighbour', Date.now() - 40 * MINUTE), post(CHIDI, zalgo, zalgo, Date.now() - 20 * MINUTE)] }
  })
  const item = page.locator('.post', { hasText: zalgo })
  await see(item).toBeVisible()
  for (const part of ['p', '.who']) {
    const overflow = await item.locator(part).evaluate((element) => getComputedStyle(element).overflowY)
    expect([part, overflow]).toEqual([part, expect.stringMatching(/^(?:clip|hidden)$/u)])
  }
})
