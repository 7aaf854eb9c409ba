import type { Locator, Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import type { Person } from '../../../preload/contract/index.ts'
import { callsOf, openWindow, postItem, push, see } from './open-window.ts'
import { ADA, busy, CHIDI, MEI, MUSIC, peer, PEOPLE, post, topic } from './scenes.ts'

const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Post to music' })
const names = (page: Page): Locator => page.getByRole('listbox', { name: 'Name somebody' })

describe('a post that names one', () => {
  it('is marked to the eye and to screen readers, and said so when it comes', async () => {
    const now = Date.now()
    const page = await openWindow({
      snapshot: { topics: [topic('music')] },
      posts: { [MUSIC]: [post(MEI, 'Mei', 'no names here', now - 9_000), post(MEI, 'Mei', '@Ada, the keys?', now - 8_000, { mention: true })] }
    })
    const marked = postItem(page, '@Ada, the keys?')
    await see(marked).toContainText('mentions you')
    await see(marked.getByTitle('This post mentions you')).toBeVisible()
    await see(postItem(page, 'no names here')).not.toContainText('mentions you')
    const ground = (item: Locator): Promise<string> => item.locator('.post').evaluate((element) => getComputedStyle(element).boxShadow)
    expect(await ground(marked)).toContain('3px')
    expect(await ground(postItem(page, 'no names here'))).toBe('none')
    await page.evaluate((author) => { window.standIn.receive('/natter/1/music', author, 'Chidi', 'well, @Ada?', undefined, true) }, CHIDI)
    await see(page.locator('[aria-live="polite"]')).toHaveText('Chidi mentions you: well, @Ada?')
  })
})

describe('naming somebody', () => {
  it('offers the people on the topic, and takes one with the arrows and Enter', async () => {
    const page = await openWindow(busy())
    await field(page).pressSequentially('well, @')
    // Neither oneself nor who never said a name.
    await see(names(page).getByRole('option')).toHaveText([/^Chidi/, /^Mei/, /^Tomás/])
    await see(field(page)).toHaveAttribute('aria-activedescendant', await names(page).getByRole('option', { name: 'Chidi' }).getAttribute('id') ?? '')
    await page.keyboard.press('ArrowUp')
    await see(names(page).getByRole('option', { name: 'Tomás' })).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Enter')
    await see(field(page)).toHaveValue('well, @Tomás ')
    await see(names(page)).toHaveCount(0)
    expect(await callsOf(page, 'postMessage')).toEqual([])
    await field(page).pressSequentially('are you in?')
    await page.keyboard.press('Enter')
    await see(postItem(page, 'well, @Tomás are you in?')).toBeVisible()
    // The next one begins afresh, at the same place.
    await field(page).pressSequentially('@to')
    await see(names(page).getByRole('option')).toHaveText([/^Tomás/])
  })

  it('takes with Tab and with a click, inside a text as well, and is undone like typing', async () => {
    const page = await openWindow(busy())
    await field(page).fill('hello  how are you')
    for (let i = 0; i < ' how are you'.length; i++) await page.keyboard.press('ArrowLeft')
    await page.keyboard.type('@m')
    await page.keyboard.press('Tab')
    await see(field(page)).toHaveValue('hello @Mei how are you')
    await see(field(page)).toBeFocused()
    await page.keyboard.press('Control+z')
    await see(field(page)).toHaveValue('hello @m how are you')
    await field(page).fill('')
    await page.keyboard.type('@')
    await names(page).getByRole('option', { name: 'Chidi' }).click()
    await see(field(page)).toHaveValue('@Chidi ')
    await see(field(page)).toBeFocused()
  })

  it('goes away with Escape, which loses nothing and closes nothing else', async () => {
    const page = await openWindow(busy(), { viewport: { width: 800, height: 600 } })
    await page.getByRole('button', { name: 'People here' }).click()
    await field(page).pressSequentially('so @m')
    await see(names(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await see(names(page)).toHaveCount(0)
    await see(field(page)).toHaveValue('so @m')
    await see(page.getByRole('list', { name: 'People' })).toBeVisible()
    await page.keyboard.type('e')
    await see(field(page)).toHaveValue('so @me')
    await see(names(page)).toHaveCount(0)
    await page.keyboard.press('Enter')
    await see(postItem(page, 'so @me')).toBeVisible()
  })

  it('leaves Enter alone where a whole name stands, in addresses, and where nobody fits', async () => {
    const page = await openWindow(busy())
    for (const text of ['thanks @Mei', 'write to ada@me', 'meet @ noon']) {
      await field(page).pressSequentially(text)
      await see(names(page)).toHaveCount(0)
      await page.keyboard.press('Enter')
    }
    await see.poll(() => callsOf(page, 'postMessage').then((calls) => calls.length)).toBe(3)
  })

  it('leaves an input method alone while it composes', async () => {
    const page = await openWindow({ snapshot: { topics: [topic('music')], people: [{ topic: MUSIC, people: [...PEOPLE, { peerId: peer('Yuki'), name: '雪', path: { kind: 'none' } }] }] } })
    await field(page).pressSequentially('@')
    await see(names(page).getByRole('option')).toHaveCount(4)
    const session = await page.context().newCDPSession(page)
    await session.send('Input.imeSetComposition', { text: 'ゆき', selectionStart: 2, selectionEnd: 2 })
    await see(field(page)).toHaveValue('@ゆき')
    await field(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })
    await see(field(page)).toHaveValue('@ゆき')
    await session.send('Input.insertText', { text: '雪' })
    await see(field(page)).toHaveValue('@雪')
    // The name is whole: there is nothing left to offer.
    await see(names(page)).toHaveCount(0)
    expect(await callsOf(page, 'postMessage')).toEqual([])
  })

  it('stays in the window with long names, in a narrow one too', async () => {
    const people: readonly Person[] = [
      { peerId: ADA, name: 'Ada', path: { kind: 'self' } },
      ...Array.from({ length: 500 }, (_, i) => ({ peerId: `12D3KooW${String(i).padStart(44, 'x')}`, name: `${'very long '.repeat(6)}${String(i)}`, path: { kind: 'none' as const } }))
    ]
    const page = await openWindow({ snapshot: { topics: [topic('music')], people: [{ topic: MUSIC, people }] } }, { viewport: { width: 380, height: 600 } })
    await field(page).pressSequentially('@very')
    await see(names(page).getByRole('option')).toHaveCount(6)
    const box = await names(page).boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(0)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(380)
    expect(box?.y).toBeGreaterThanOrEqual(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380)
    // Who left meanwhile is not offered again.
    await push(page, { event: 'people:change', value: { topic: MUSIC, people: people.slice(0, 1) } })
    await page.keyboard.type(' long')
    await see(names(page)).toHaveCount(0)
  })
})
