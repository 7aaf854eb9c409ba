import type { Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import type { Errand } from '../../../preload/contract/index.ts'
import { callsOf, openWindow, postItem, push, see } from './open-window.ts'
import { busy, CHIDI, fresh, MUSIC, post, topic } from './scenes.ts'
import type { Script } from './stand-in-api.ts'

const LAN = '/natter/1/lan-party'
const invite: Errand = { id: 7, kind: 'invite', link: 'natter://join#good' }

const ask = (page: Page, errand: Errand): Promise<void> => push(page, { event: 'errand:open', value: errand })

/** A window with two topics; in one of them a post from far back is asked for. */
function longTopic (): { readonly script: Script, readonly order: number } {
  const now = Date.now()
  const posts = Array.from({ length: 400 }, (_, i) => post(CHIDI, 'Chidi', `in the cellar ${String(i)}`, now - (400 - i) * 60_000, { topic: LAN }))
  return { script: { ...busy(now), posts: { ...busy(now).posts, [LAN]: posts } }, order: posts[40]?.order ?? 0 }
}

describe('what the app was asked to show', () => {
  it('is a post: its topic opens, the post is lit and has the focus, and settings go', async () => {
    const { script, order } = longTopic()
    const page = await openWindow(script)
    await page.getByRole('textbox', { name: 'Post to music' }).fill('half a thought')
    await page.keyboard.press('Control+,')
    await page.getByRole('textbox', { name: 'Display name' }).fill('Countess')
    await ask(page, { id: 3, kind: 'post', topic: LAN, order })
    await see(page.getByRole('textbox', { name: 'Post to lan-party' })).toBeVisible()
    const asked = postItem(page, /in the cellar 40\b/)
    await see(asked).toBeInViewport()
    await see(asked).toBeFocused()
    await see(asked.locator('.lit')).toHaveCount(1)
    await see.poll(() => callsOf(page, 'errandDone')).toEqual([{ id: 3 }])
    // Nothing that was typed is lost: neither the name nor the draft.
    expect(await callsOf(page, 'changeSettings')).toEqual([{ displayName: 'Countess' }])
    await page.getByRole('button', { name: 'music', exact: true }).click()
    await see(page.getByRole('textbox', { name: 'Post to music' })).toHaveValue('half a thought')
  })

  it('is a topic, or a page of settings', async () => {
    const page = await openWindow(busy())
    await ask(page, { id: 1, kind: 'topic', topic: LAN })
    await see(page.getByRole('textbox', { name: 'Post to lan-party' })).toBeVisible()
    await ask(page, { id: 2, kind: 'settings', page: 'about' })
    await see(page.getByRole('tab', { name: 'About' })).toHaveAttribute('aria-selected', 'true')
    await ask(page, { id: 3, kind: 'settings', page: 'computer' })
    await see(page.getByRole('tab', { name: 'This computer' })).toHaveAttribute('aria-selected', 'true')
    await ask(page, { id: 4, kind: 'topic', topic: MUSIC })
    await see(page.getByRole('tab')).toHaveCount(0)
    await see.poll(() => callsOf(page, 'errandDone')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }])
  })

  it('is a topic that was left: the way back is offered', async () => {
    const page = await openWindow({ snapshot: { topics: [topic('music'), topic('chess', { subscribed: false, people: 2 })] } })
    await ask(page, { id: 1, kind: 'post', topic: '/natter/1/chess', order: 5 })
    await see(page.getByRole('dialog', { name: '# chess' })).toBeVisible()
    await ask(page, { id: 2, kind: 'topic', topic: '/natter/1/never-heard-of' })
    await see(page.getByRole('dialog')).toHaveCount(0)
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeVisible()
    await see.poll(() => callsOf(page, 'errandDone')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('waits while a dialog holds what somebody typed, says so, and comes when that closes', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'Join or create' }).click()
    await page.getByRole('textbox', { name: 'Topic name, invite or relay' }).fill('half a na')
    await ask(page, invite)
    await see(page.getByText('An invite was opened. It is shown when you are done here')).toBeVisible()
    await see(page.getByRole('textbox', { name: 'Topic name, invite or relay' })).toHaveValue('half a na')
    expect(await callsOf(page, 'errandDone')).toEqual([])
    await page.keyboard.press('Escape')
    await see(page.getByRole('dialog')).toContainText('Chidi invites you to # jazz')
    await see(page.getByText('An invite was opened.')).toHaveCount(0)
    await see.poll(() => callsOf(page, 'errandDone')).toEqual([{ id: 7 }])
  })

  it('takes the place of a dialog in which nobody typed', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: 'Join or create' }).click()
    await see(page.getByRole('textbox', { name: 'Topic name, invite or relay' })).toBeFocused()
    await ask(page, invite)
    await see(page.getByRole('dialog')).toContainText('Chidi invites you to # jazz')
  })

  it('waits while the key is locked, and is shown once', async () => {
    const page = await openWindow({ ...busy(), snapshot: { ...busy().snapshot, phase: { kind: 'locked' }, errand: { id: 4, kind: 'topic', topic: LAN } } })
    await see(page.getByLabel('Passphrase')).toBeFocused()
    expect(await callsOf(page, 'errandDone')).toEqual([])
    await page.evaluate(() => { window.standIn.hold('errandDone') })
    await page.keyboard.type('correct horse')
    await page.keyboard.press('Enter')
    await see(page.getByRole('textbox', { name: 'Post to lan-party' })).toBeVisible()
    await see.poll(() => callsOf(page, 'errandDone')).toEqual([{ id: 4 }])
    // A snapshot that still names it comes before the main process has heard that it is done.
    await page.getByRole('button', { name: 'music', exact: true }).click()
    await push(page, { event: 'phase:change', value: { kind: 'starting' } })
    await push(page, { event: 'phase:change', value: { kind: 'running' } })
    await see.poll(() => callsOf(page, 'getSnapshot').then((calls) => calls.length)).toBe(3)
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeVisible()
    expect(await callsOf(page, 'errandDone')).toEqual([{ id: 4 }])
  })

  it('waits for the first start to end, but for an invite', async () => {
    const page = await openWindow(fresh())
    await see(page.getByRole('textbox', { name: 'Display name' })).toBeFocused()
    await page.keyboard.type('Ada')
    await ask(page, { id: 1, kind: 'settings', page: 'about' })
    await see(page.getByRole('textbox', { name: 'Display name' })).toHaveValue('Ada')
    expect(await callsOf(page, 'errandDone')).toEqual([])
    await page.getByRole('button', { name: 'Look around first' }).click()
    await see(page.getByRole('tab', { name: 'About' })).toHaveAttribute('aria-selected', 'true')
    await see.poll(() => callsOf(page, 'errandDone')).toEqual([{ id: 1 }])
  })
})

describe('what is in sight', () => {
  const told = (page: Page): Promise<unknown> => callsOf(page, 'lookAtTopic').then((calls) => calls.at(-1))

  it('is told whenever it changes: the open topic, and nothing where settings, a dialog or another window hide it', async () => {
    const page = await openWindow(busy())
    await see.poll(() => told(page)).toEqual({ topic: MUSIC })
    await page.keyboard.press('Alt+ArrowDown')
    await see.poll(() => told(page)).toEqual({ topic: '/natter/1/berlin-makers' })
    await page.keyboard.press('Control+,')
    await see.poll(() => told(page)).toEqual({ topic: null })
    await page.keyboard.press('Escape')
    await see.poll(() => told(page)).toEqual({ topic: '/natter/1/berlin-makers' })
    await page.keyboard.press('Control+k')
    await see.poll(() => told(page)).toEqual({ topic: null })
    await page.keyboard.press('Escape')
    await see.poll(() => told(page)).toEqual({ topic: '/natter/1/berlin-makers' })
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await see.poll(() => told(page)).toEqual({ topic: null })
    expect(await callsOf(page, 'lookAtTopic')).toHaveLength(7)
  })

  it('is nothing while the list of topics covers a narrow window, and while nobody is in', async () => {
    const page = await openWindow({ ...busy(), snapshot: { ...busy().snapshot, phase: { kind: 'locked' } } }, { viewport: { width: 400, height: 600 } })
    await see(page.getByLabel('Passphrase')).toBeFocused()
    expect(await callsOf(page, 'lookAtTopic')).toEqual([])
    await page.keyboard.type('correct horse')
    await page.keyboard.press('Enter')
    await see.poll(() => told(page)).toEqual({ topic: MUSIC })
    await page.getByRole('button', { name: 'Show topics' }).click()
    await see.poll(() => told(page)).toEqual({ topic: null })
  })
})
