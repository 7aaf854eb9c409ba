import type { Locator, Page } from '@playwright/test'
import { describe, expect, it } from 'vitest'
import { inSight, numbers, still, wheel } from './list-hands.ts'
import { callsOf, openWindow, postItem, push, see } from './open-window.ts'
import { CHIDI, MEI, MUSIC, post, topic } from './scenes.ts'
import type { Script } from './stand-in-api.ts'

const MILLION = 1_000_000

/** A topic of many posts, and another to go to. */
function long (length: number, unread = 0): Script {
  return {
    snapshot: { topics: [topic('music', { people: 2, unread }), topic('other')] },
    endless: { [MUSIC]: { length, author: CHIDI, authorName: 'Chidi', until: Date.now(), unread } }
  }
}

const listOf = (page: Page): Locator => page.getByRole('list', { name: 'Posts' })

/** Asserts that the posts in sight follow one upon the other. */
async function follow (list: Locator): Promise<readonly number[]> {
  const seen = await numbers(list)
  expect(seen.length).toBeGreaterThan(3)
  expect(seen).toEqual(seen.map((_, i) => (seen[0] ?? 0) + i))
  return seen
}

describe('opening a topic', () => {
  it('begins at the first unread post, under a line, with the newest one step away', async () => {
    const page = await openWindow(long(5_000, 400))
    const list = listOf(page)
    await see(list.getByText('New', { exact: true })).toBeInViewport()
    await still(list)
    const seen = await follow(list)
    expect(seen[0]).toBeGreaterThan(4_590)
    expect(seen[0]).toBeLessThan(4_600)
    expect(seen).toContain(4_600)
    expect(await callsOf(page, 'markRead')).toEqual([])
    await page.getByRole('button', { name: '400 new posts' }).click()
    await see(postItem(page, 'post number 4999')).toBeInViewport()
    await see.poll(() => callsOf(page, 'markRead')).toEqual([{ topic: MUSIC }])
    await see(page.getByRole('button', { name: /new posts|Newest/ })).toHaveCount(0)
  })

  it('reads everything as read where all that is new fits', async () => {
    const page = await openWindow(long(5_000, 3))
    await see(listOf(page).getByText('New', { exact: true })).toBeInViewport()
    await see(postItem(page, 'post number 4999')).toBeInViewport()
    await see.poll(() => callsOf(page, 'markRead')).toEqual([{ topic: MUSIC }])
    await see(listOf(page).getByText('New', { exact: true })).toBeInViewport()
  })

  it('comes back to where one read', async () => {
    const page = await openWindow(long(5_000, 400))
    const list = listOf(page)
    await see(list.getByText('New', { exact: true })).toBeInViewport()
    await list.hover()
    await wheel(page, list, 1_500)
    const before = await inSight(list)
    await page.keyboard.press('Alt+ArrowDown')
    await see(page.getByText('Nobody has posted here yet')).toBeVisible()
    await page.keyboard.press('Alt+ArrowUp')
    await see(page.getByText(before[0]?.text ?? '', { exact: true })).toBeInViewport()
    await still(list)
    const after = await inSight(list)
    expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text))
    expect(Math.abs((after[0]?.top ?? 0) - (before[0]?.top ?? 0))).toBeLessThanOrEqual(1)
  })
})

describe('a topic that was left while one read further up', () => {
  it('opens at the first unread post where others posted since, else where it was left', async () => {
    const page = await openWindow(long(300))
    const list = listOf(page)
    await see(postItem(page, 'post number 299')).toBeInViewport()
    await list.hover()
    await wheel(page, list, -3_000)
    const before = await inSight(list)
    await page.keyboard.press('Alt+ArrowDown')
    await see(page.getByText('Nobody has posted here yet')).toBeVisible()
    await page.keyboard.press('Alt+ArrowUp')
    await see(page.getByText(before[0]?.text ?? '', { exact: true })).toBeInViewport()

    await page.keyboard.press('Alt+ArrowDown')
    await see(page.getByText('Nobody has posted here yet')).toBeVisible()
    await page.evaluate((topic) => { for (let i = 0; i < 40; i++) window.standIn.receive(topic, 'p', 'Mei', `Mei said ${String(i)}`) }, MUSIC)
    await page.keyboard.press('Alt+ArrowUp')
    await see(list.getByText('New', { exact: true })).toBeInViewport()
    await see(postItem(page, 'Mei said 0')).toBeInViewport()
    await see(postItem(page, 'Mei said 39')).not.toBeInViewport()
    await see(page.getByRole('button', { name: '40 new posts' })).toBeVisible()
  })
})

describe('a topic of a million posts', () => {
  it('opens as fast as a short one, and keeps few rows and few posts however far one scrolls', async () => {
    const page = await openWindow(long(MILLION))
    const list = listOf(page)
    await see(postItem(page, 'post number 999999')).toBeInViewport()
    // What a page is told of its own memory is rounded, in steps of about 10 %.
    const tools = await page.context().newCDPSession(page)
    const memory = async (): Promise<number> => {
      await page.requestGC()
      return (await tools.send('Runtime.getHeapUsage')).usedSize
    }
    await list.hover()
    let rows = 0
    let nodes = 0
    let least = MILLION
    // The first pages fill what is kept; from there on, nothing more may stay.
    let heap = 0
    for (let i = 0; i < 90; i++) {
      await page.mouse.wheel(0, -3_000)
      if (i % 5 === 4) {
        await still(list)
        least = Math.min(...await follow(list), least)
      }
      if (i === 44) heap = await memory()
      rows = Math.max(rows, await list.getByRole('listitem').count())
      nodes = Math.max(nodes, await page.evaluate(() => document.querySelectorAll('*').length))
    }
    expect(least).toBeLessThan(MILLION - 2_500)
    expect(rows).toBeLessThan(150)
    expect(nodes).toBeLessThan(3_000)
    // As many pages again as before: each would be 100 posts, half a KiB or more apiece. What is let go may take more than one collection.
    await expect.poll(async () => await memory() - heap).toBeLessThan(1_048_576)
    // And down again, by another way: the pages below were let go.
    for (let i = 0; i < 20; i++) {
      await page.mouse.wheel(0, 3_000)
      if (i % 5 === 4) {
        await still(list)
        await follow(list)
      }
    }
    await list.focus()
    await page.keyboard.press('End')
    await see(postItem(page, 'post number 999999')).toBeInViewport()
    await see(page.getByRole('button', { name: 'Newest' })).toHaveCount(0)
  })

  it('goes by the keyboard: Home, Page Up, the arrows, End', async () => {
    const page = await openWindow(long(MILLION))
    const list = listOf(page)
    await see(postItem(page, 'post number 999999')).toBeInViewport()
    await list.focus()
    const first = async (): Promise<number> => (await numbers(list))[0] ?? MILLION
    const began = await first()
    for (const key of ['PageUp', 'ArrowUp', 'Home', 'Home']) {
      const before = await first()
      // A row may be higher than the way that one arrow goes.
      for (let i = 0; i < (key === 'ArrowUp' ? 5 : 1); i++) await page.keyboard.press(key)
      await expect.poll(first).toBeLessThan(before)
      await still(list)
      await follow(list)
    }
    const before = await first()
    await page.keyboard.press('PageDown')
    await expect.poll(first).toBeGreaterThan(before)
    await page.keyboard.press('End')
    await expect.poll(first).toBe(began)
  })

  it('opens in the middle, and pages both ways without a hole', async () => {
    const page = await openWindow(long(MILLION, 500_000))
    const list = listOf(page)
    await see(list.getByText('New', { exact: true })).toBeInViewport()
    await list.hover()
    for (const by of [-4_000, -4_000, -4_000, 4_000, 4_000, 4_000, 4_000, 4_000]) {
      await wheel(page, list, by)
      await follow(list)
    }
    expect(Math.abs((await numbers(list))[0] ?? 0)).toBeGreaterThan(499_900)
    // What is posted now belongs at the end, which is far away.
    await page.evaluate((author) => { window.standIn.receive('/natter/1/music', author, 'Mei', 'at the end') }, MEI)
    await see(page.getByRole('button', { name: '500,001 new posts' })).toBeVisible()
    await see(postItem(page, 'at the end')).toHaveCount(0)
    // To post is to go there.
    await page.getByRole('textbox', { name: 'Post to music' }).fill('me too')
    await page.keyboard.press('Enter')
    await see(postItem(page, 'me too')).toBeInViewport()
    await see(postItem(page, 'at the end')).toBeInViewport()
    await see(postItem(page, 'post number 999999')).toBeInViewport()
  })
})

describe('a page that cannot be read', () => {
  it('is said, and read on asking again, without losing the place', async () => {
    const page = await openWindow(long(5_000))
    const list = listOf(page)
    await see(postItem(page, 'post number 4999')).toBeInViewport()
    await page.evaluate(() => { window.standIn.answerNext('listPosts', { ok: false, code: 'ERR_STORE', message: 'The posts on this disk cannot be read. Try again.' }) })
    await list.hover()
    await wheel(page, list, -1_200)
    await see(page.getByRole('alert')).toContainText('The posts on this disk cannot be read.')
    const before = (await numbers(list))[0] ?? 0
    const asked = (await callsOf(page, 'listPosts')).length
    await wheel(page, list, 20)
    expect(await callsOf(page, 'listPosts')).toHaveLength(asked)
    await page.getByRole('button', { name: 'Try again' }).click()
    await see(page.getByRole('alert')).toHaveCount(0)
    await see.poll(() => callsOf(page, 'listPosts')).toHaveLength(asked + 1)
    await still(list)
    expect(Math.abs(((await follow(list))[0] ?? 0) - before)).toBeLessThan(4)
  })
})

describe('switching topics fast', () => {
  it('leaves nothing behind that complains, and shows the one that is open', async () => {
    const page = await openWindow(long(5_000, 400))
    for (let i = 0; i < 12; i++) await page.keyboard.press(i % 2 === 0 ? 'Alt+ArrowDown' : 'Alt+ArrowUp')
    await see(listOf(page).getByText('New', { exact: true })).toBeInViewport()
    await still(listOf(page))
    await follow(listOf(page))
  })
})

describe('posts that come while one reads further up', () => {
  it.each([
    ['below', 1], ['above', -1]
  ] as const)('stand %s, and move nothing that is seen', async (_, side) => {
    const page = await openWindow(long(300))
    const list = listOf(page)
    await see(postItem(page, 'post number 299')).toBeInViewport()
    await list.hover()
    await wheel(page, list, -1_500)
    const before = await inSight(list)
    const number = Number(/\d+/.exec(before[side === 1 ? before.length - 1 : 0]?.text ?? '')?.[0])
    // Late ones, as a history brings them: 20 posts between two that stand just outside of what is seen.
    const time = Date.now() - (300 - number) * 20_000
    const late = Array.from({ length: 20 }, (_one, i) => post(MEI, 'Mei', `late ${String(i)}${i % 3 === 0 ? '\nin two lines' : ''}`, time + side * 60_000 + i))
    await push(page, ...late.map((value) => ({ event: 'post:change', value }) as const))
    await still(list)
    const after = await inSight(list)
    const kept = before.filter(({ text }) => after.some((one) => one.text === text))
    expect(kept.length).toBeGreaterThan(before.length - 6)
    // Posts that come above begin groups anew, so that a name may move from one row to the next; the eye's hold is the first row.
    for (const { text, top } of side === 1 ? kept : kept.slice(0, 1)) expect(Math.abs((after.find((one) => one.text === text)?.top ?? 0) - top), text).toBeLessThanOrEqual(2)
    await wheel(page, list, side * 400)
    await see(postItem(page, 'late 10')).toHaveCount(1)
  })

  it('go when their author is blocked, and nothing else moves', async () => {
    const page = await openWindow({
      snapshot: { topics: [topic('music', { people: 2 })] },
      posts: { [MUSIC]: Array.from({ length: 200 }, (_, i) => post(i % 10 === 0 ? MEI : CHIDI, i % 10 === 0 ? 'Mei' : 'Chidi', `post number ${String(i)}`, Date.now() - (200 - i) * 400_000)) }
    })
    const list = listOf(page)
    await see(postItem(page, 'post number 199')).toBeInViewport()
    await page.evaluate((peerId) => window.api.blockPeer({ peerId, name: 'Mei' }), MEI)
    await see(postItem(page, 'post number 190')).toHaveCount(0)
    await see(postItem(page, 'post number 199')).toBeInViewport()
    expect((await numbers(list)).every((n) => n % 10 !== 0)).toBe(true)
  })
})
