import type { Locator, Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { callsOf, openSettings, openWindow, postItem, push, see } from './open-window.ts'
import { busy, CHIDI, MEI, MUSIC, own, post, settings, topic } from './scenes.ts'

const menu = async (page: Page, item: RegExp | string): Promise<void> => {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

const pick = async (page: Page, notify: string): Promise<void> => {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitemradio', { name: notify }).click()
}

describe('delivery', () => {
  it('is said in short beside the row, and whole under the pointer and to screen readers', async () => {
    const now = Date.now()
    const page = await openWindow({
      snapshot: { topics: [topic('music')] },
      posts: { [MUSIC]: [
        own('nobody yet', now - 5_000, 0), own('gone out', now - 4_000, 3),
        { ...own('held', now - 3_000, 3), delivery: { kind: 'held', people: 2, hubs: 1, sent: 3 } },
        { ...own('kept', now - 2_000, 0), delivery: { kind: 'held', people: 0, hubs: 1, sent: 0 } }
      ] }
    })
    for (const [text, words] of [['nobody yet', 'Waiting for somebody to be there'], ['gone out', 'Sent to 3 people'], ['held', 'Sent to 3 people, held by 2 and a hub'], ['kept', 'Kept by a hub until somebody comes']] as const) {
      const item = postItem(page, text)
      await see(item).toContainText(words)
      await see(item.getByTitle(words)).toHaveCount(1)
    }
    await see(postItem(page, 'kept').getByText('kept by a hub', { exact: true })).toBeVisible()
  })
})

describe('a topic’s menu', () => {
  it('mutes: the count stays quiet, nothing is said aloud, and it says so', async () => {
    const page = await openWindow(busy())
    await pick(page, 'Nothing (mute)')
    await see(page.getByRole('heading', { level: 1 }).locator('..')).toContainText('muted')
    const item = page.getByRole('list', { name: 'Topics' }).getByRole('button', { name: 'music' })
    await see(item).toHaveAccessibleName('music muted')
    await page.evaluate((author) => { window.standIn.receive('/natter/1/music', author, 'Chidi', 'psst') }, CHIDI)
    await see(postItem(page, 'psst')).toBeInViewport()
    await page.keyboard.press('Alt+ArrowDown')
    await page.evaluate((author) => { window.standIn.receive('/natter/1/music', author, 'Chidi', 'psst again') }, CHIDI)
    await see(item).toHaveAccessibleName('music muted 1 unread')
    await see(item).not.toHaveClass(/unread/)
    await see(page.locator('[aria-live="polite"]').filter({ hasText: 'psst' })).toHaveCount(0)
    await page.keyboard.press('Alt+ArrowUp')
    await pick(page, 'Mentions of you')
    await see(item).toHaveAccessibleName('music')
    expect(await callsOf(page, 'notifyTopic')).toEqual([{ topic: MUSIC, notify: 'nothing' }, { topic: MUSIC, notify: 'mentions' }])
  })

  it('says which posts one is notified of, to the eye and aloud, and is walked with the keyboard alone', async () => {
    const page = await openWindow({ ...busy(), snapshot: { ...busy().snapshot, settings: settings({ notifications: false }) } })
    await page.getByRole('button', { name: 'More', exact: true }).focus()
    await page.keyboard.press('Enter')
    const group = page.getByRole('group', { name: 'Notify me of' })
    await see(group).toHaveAccessibleDescription('Notifications are switched off in Settings.')
    await see(group.getByRole('menuitemradio', { name: 'Mentions of you' })).toBeChecked()
    await see(group.getByRole('menuitemradio', { name: 'Every post' })).toBeFocused()
    await page.keyboard.press('Enter')
    await see(page.locator('[aria-live="polite"]')).toHaveText('music: you are notified of every post')
    await see(page.getByRole('list', { name: 'Topics' }).getByRole('button', { name: 'music' })).toHaveAccessibleName('music notifies of every post')
    await see(page.getByRole('main').getByTitle('You are notified of every post here')).toBeVisible()
    expect(await callsOf(page, 'notifyTopic')).toEqual([{ topic: MUSIC, notify: 'all' }])
    await page.evaluate(() => { window.standIn.answerNext('notifyTopic', { ok: false, code: 'ERR_STORE', message: 'This could not be kept. Try again.' }) })
    await pick(page, 'Nothing (mute)')
    await see(page.getByRole('alert')).toHaveText('This could not be kept. Try again.')
  })

  it('keeps posts for a time, after saying what is deleted', async () => {
    const page = await openWindow(busy())
    await menu(page, /Keep posts for…\s*Now for ever/)
    await see(page.getByRole('radio', { name: 'For ever' })).toBeFocused()
    await see(page.getByRole('dialog')).toContainText('Nothing is deleted.')
    await page.getByRole('radio', { name: '30 days' }).check()
    await see(page.getByRole('dialog')).toContainText('Posts older than 30 days are deleted from this computer now')
    await page.getByRole('button', { name: 'Keep for 30 days' }).click()
    await see(page.getByRole('dialog')).toHaveCount(0)
    expect(await callsOf(page, 'keepTopic')).toEqual([{ topic: MUSIC, days: 30 }])
    await menu(page, /Keep posts for…\s*Now for 30 days/)
    await see(page.getByRole('radio', { name: '30 days' })).toBeFocused()
    await page.evaluate(() => { window.standIn.answerNext('keepTopic', { ok: false, code: 'ERR_STORE', message: 'The posts on this disk cannot be changed. Try again.' }) })
    await page.getByRole('radio', { name: 'A day' }).check()
    await page.keyboard.press('Enter')
    await see(page.getByRole('alert')).toHaveText('The posts on this disk cannot be changed. Try again.')
  })

  it('limits disk space, after saying what is deleted, with the keyboard alone', async () => {
    const page = await openWindow({ ...busy(), snapshot: { ...busy().snapshot, topics: [topic('music', { bytes: 123_400_000, maxBytes: 1_300_000_000 })] } })
    await page.getByRole('button', { name: 'More', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: /Limit disk space…\s*123.4 MB of 1.3 GB/ }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Disk space for posts' })
    await see(page.getByRole('radio', { name: '1.3 GB' })).toBeFocused()
    await see(dialog).toContainText('Over this limit, posts are deleted')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await see(page.getByRole('radio', { name: '500 MB' })).toBeChecked()
    await see(dialog).not.toContainText('This cannot be undone')
    await page.keyboard.press('ArrowUp')
    await see(dialog).toContainText('Posts are deleted from this computer now: first those from people new to you')
    await page.keyboard.press('Escape')
    expect(await callsOf(page, 'limitTopic')).toEqual([])
    await menu(page, /Limit disk space…/)
    await page.getByRole('radio', { name: '100 MB', exact: true }).check()
    await page.evaluate(() => { window.standIn.answerNext('limitTopic', { ok: false, code: 'ERR_STORE', message: 'The posts on this disk cannot be changed. Try again.' }) })
    await page.getByRole('button', { name: 'Limit to 100 MB' }).click()
    await see(page.getByRole('alert')).toHaveText('The posts on this disk cannot be changed. Try again.')
    await page.getByRole('button', { name: 'Limit to 100 MB' }).click()
    await see(dialog).toHaveCount(0)
    await menu(page, /Limit disk space…\s*123.4 MB of 100 MB/)
    await page.getByRole('radio', { name: 'No limit' }).check()
    await see(dialog).toContainText('No posts are deleted to save space.')
    await page.keyboard.press('Enter')
    await see(dialog).toHaveCount(0)
    expect(await callsOf(page, 'limitTopic')).toEqual([100_000_000, 100_000_000, null].map((bytes) => ({ topic: MUSIC, bytes })))
  })

  it('exports, says where to, and why not', async () => {
    const page = await openWindow(busy())
    await menu(page, 'Export topic…')
    await page.getByRole('radio', { name: 'JSON Lines' }).check()
    await page.getByRole('button', { name: 'Save as…' }).click()
    await see(page.getByRole('dialog').getByRole('status').filter({ hasText: 'Saved' })).toHaveText('Saved 1,234 posts to /home/ada/music.jsonl')
    await page.getByRole('radio', { name: 'A web page' }).check()
    await page.evaluate(() => { window.standIn.answerNext('exportTopic', { ok: true, value: null }) })
    await page.getByRole('button', { name: 'Save as…' }).click()
    await see(page.getByRole('dialog').getByRole('status').filter({ hasText: 'Saved' })).toHaveCount(0)
    await page.evaluate(() => { window.standIn.answerNext('exportTopic', { ok: false, code: 'ERR_DISK', message: 'The disk is full. Choose another place.' }) })
    await page.getByRole('button', { name: 'Save as…' }).click()
    await see(page.getByRole('alert')).toHaveText('The disk is full. Choose another place.')
    expect(await callsOf(page, 'exportTopic')).toEqual([{ topic: MUSIC, format: 'jsonl' }, { topic: MUSIC, format: 'html' }, { topic: MUSIC, format: 'html' }])
  })

  it('leaves, and deletes its posts where the person says so', async () => {
    const page = await openWindow(busy())
    await menu(page, 'Leave topic')
    await see(page.getByRole('button', { name: 'Stay' })).toBeFocused()
    await page.getByRole('checkbox', { name: 'Delete its posts from this computer' }).check()
    await page.getByRole('button', { name: 'Leave and delete' }).click()
    await see(page.getByRole('textbox', { name: 'Post to berlin-makers' })).toBeVisible()
    expect(await callsOf(page, 'leaveTopic')).toEqual([{ topic: MUSIC, forget: true }])
  })

  it('has a line while posts come in that were missed', async () => {
    const page = await openWindow(busy())
    await push(page, { event: 'topic:change', value: topic('music', { people: 4, catchingUp: 1_200 }) })
    await see(page.getByText('Catching up: 1,200 posts so far')).toBeVisible()
    await push(page, { event: 'topic:change', value: topic('music', { people: 4 }) })
    await see(page.getByText(/^Catching up/)).toHaveCount(0)
  })
})

describe('blocking', () => {
  it('asks, takes the posts away, and is undone in settings', async () => {
    const page = await openWindow(busy())
    await see(postItem(page, 'Morning. Who is in')).toBeVisible()
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: /Mei/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Block…' }).focus()
    await page.keyboard.press('Enter')
    await see(page.getByRole('dialog', { name: 'Block Mei?' })).toContainText('Their posts are deleted from this computer')
    await see(page.getByRole('button', { name: 'Cancel' })).toBeFocused()
    expect(await callsOf(page, 'blockPeer')).toEqual([])
    await page.getByRole('button', { name: 'Block', exact: true }).click()
    await see(page.getByRole('dialog')).toHaveCount(0)
    await see(postItem(page, 'Morning. Who is in')).toHaveCount(0)
    expect(await callsOf(page, 'blockPeer')).toEqual([{ peerId: MEI, name: 'Mei' }])
    await openSettings(page, 'Privacy')
    await see(page.getByRole('list', { name: 'Blocked people' }).getByRole('listitem')).toHaveText([/Mei\s*12D3….Mei, blocked today/])
    await page.getByRole('button', { name: 'Unblock Mei' }).click()
    await see(page.getByText('Nobody is blocked.')).toBeVisible()
    await see(page.getByText('Mei is no longer blocked.')).toBeVisible()
    expect(await callsOf(page, 'unblockPeer')).toEqual([{ peerId: MEI }])
    await page.keyboard.press('Escape')
    await see(page.getByRole('tab', { name: 'Privacy' })).toHaveCount(0)
  })

  it('begins at a post too, whose author is not here any more, with the keyboard alone', async () => {
    const page = await openWindow({
      snapshot: { topics: [topic('music')] },
      posts: { [MUSIC]: [post(CHIDI, 'Chidi', 'one', Date.now() - 9_000), post(CHIDI, 'Chidi', 'two', Date.now() - 8_000), post(MEI, 'Mei', 'three', Date.now() - 7_000), own('four', Date.now(), 1)] }
    })
    const name = (text: string): Locator => postItem(page, text).getByRole('button')
    await see(name('one')).toHaveCount(1)
    await see(name('two')).toHaveCount(0)
    await page.getByRole('list', { name: 'Posts' }).focus()
    await page.keyboard.press('Tab')
    await see(name('one')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await see(name('three')).toBeFocused()
    await page.keyboard.press('Tab')
    await see(page.getByRole('textbox', { name: 'Post to music' })).toBeFocused()
    await page.keyboard.press('Shift+Tab')
    await see(name('three')).toBeFocused()
    await page.keyboard.press('Enter')
    const card = page.getByRole('dialog', { name: 'Mei' })
    await see(card).toContainText('Wrote here, and is not seen on this topic at the moment.')
    await page.keyboard.press('Escape')
    await see(card).toHaveCount(0)
    await see(name('three')).toBeFocused()
    await name('three').click()
    await see(card).toBeVisible()
    await name('three').click()
    await see(card).toHaveCount(0)
    await page.keyboard.press('Enter')
    await card.getByRole('button', { name: 'Block…' }).press('Enter')
    await see(page.getByRole('dialog', { name: 'Block Mei?' })).toBeVisible()
    await see(page.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await page.keyboard.press('Escape')
    await see(name('three')).toBeFocused()
    await page.keyboard.press('Enter')
    await card.getByRole('button', { name: 'Block…' }).click()
    await page.getByRole('button', { name: 'Block', exact: true }).click()
    await see(postItem(page, 'three')).toHaveCount(0)
    expect(await callsOf(page, 'blockPeer')).toEqual([{ peerId: MEI, name: 'Mei' }])
    await name('four').click()
    await see(page.getByRole('dialog', { name: 'Ada' }).getByRole('button', { name: 'Block…' })).toHaveCount(0)
  })

  it('is not offered for oneself', async () => {
    const page = await openWindow(busy())
    await page.getByRole('button', { name: /Ada\s*you/ }).click()
    await see(page.getByRole('button', { name: 'Copy peer id' })).toBeVisible()
    await see(page.getByRole('button', { name: 'Block…' })).toHaveCount(0)
  })
})

describe('files', () => {
  it('are imported, with what came of it in words', async () => {
    const page = await openWindow(busy())
    await openSettings(page, 'Privacy')
    await page.getByRole('button', { name: 'Import posts…' }).click()
    await see(page.getByText('Added 1,200 posts. 30 were here already. 4 were refused')).toBeVisible()
    await page.evaluate(() => { window.standIn.answerNext('importPosts', { ok: false, code: 'ERR_IMPORT', message: 'This file is no export of Natter.' }) })
    await page.getByRole('button', { name: 'Import posts…' }).click()
    await see(page.getByRole('alert')).toHaveText('This file is no export of Natter.')
  })

  it('are saved from a database that was set aside, at its notice', async () => {
    const page = await openWindow({ snapshot: { notices: [{ id: 'aside', level: 'warning', text: 'The database was damaged and set aside.', action: { kind: 'export-aside', name: 'posts-1.db' } }] } })
    await page.getByRole('button', { name: 'Save what can be read' }).click()
    await see(page.getByRole('region', { name: 'Notices' })).toContainText('Saved 7 posts to /home/ada/posts-1.db.jsonl')
    await page.evaluate(() => { window.standIn.answerNext('exportAside', { ok: false, code: 'ERR_ASIDE', message: 'Nothing in it can be read.' }) })
    await page.getByRole('button', { name: 'Save what can be read' }).click()
    await see(page.getByRole('region', { name: 'Notices' })).toContainText('Nothing in it can be read.')
    expect(await callsOf(page, 'exportAside')).toEqual([{ name: 'posts-1.db' }, { name: 'posts-1.db' }])
  })
})

describe('links', () => {
  it('show the real address before they open, by the keyboard too', async () => {
    const page = await openWindow({
      snapshot: { topics: [topic('music')] },
      posts: { [MUSIC]: [post(MEI, 'Mei', 'see https://аррӏе.com/login, (www.example.org/x) and javascript:alert(1)', Date.now())] }
    })
    const links = postItem(page, 'see').getByRole('link')
    await see(links).toHaveText(['https://аррӏе.com/login', 'www.example.org/x'])
    expect(await page.locator('a[href]').count()).toBe(0)
    await links.first().focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Open this address?' })
    await see(dialog).toContainText('https://xn--80ak6aa92e.com/login')
    await see(dialog.locator('strong')).toHaveText('xn--80ak6aa92e.com')
    await see(dialog).toContainText('It has letters beyond a to z')
    await see(page.getByRole('button', { name: 'Open in browser' })).toBeFocused()
    await page.getByRole('button', { name: 'Copy address' }).click()
    expect(await page.evaluate(() => window.standIn.clipboard)).toBe('https://xn--80ak6aa92e.com/login')
    await page.keyboard.press('Escape')
    await see(links.first()).toBeFocused()
    expect(await callsOf(page, 'openLink')).toEqual([])
    await links.last().click()
    await page.evaluate(() => { window.standIn.answerNext('openLink', { ok: false, code: 'ERR_OPEN', message: 'No browser answered. Copy the address and open it yourself.' }) })
    await page.getByRole('button', { name: 'Open in browser' }).click()
    await see(page.getByRole('alert')).toHaveText('No browser answered. Copy the address and open it yourself.')
    await page.getByRole('button', { name: 'Open in browser' }).click()
    await see(page.getByRole('dialog')).toHaveCount(0)
    expect(await callsOf(page, 'openLink')).toEqual([{ url: 'http://www.example.org/x' }, { url: 'http://www.example.org/x' }])
  })
})
