import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { afterAll, expect, it } from 'vitest'
import { createHistory, BIG_TOPIC, SMALL_TOPIC } from '../bench/posts.ts'
import { inSight, still } from './renderer/list-hands.ts'
import { launchApp } from './support/app.ts'
import { makeProfile } from './support/profile.ts'
import { see, SOON } from './support/reader.ts'

const POSTS = 100_000
const TIMES = 15
const folder = mkdtempSync(join(tmpdir(), 'natter-long-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** Clicks a topic and measures in the page until its newest posts stand in sight: milliseconds. */
async function openTopic (page: Page, title: string): Promise<number> {
  return page.evaluate(async (name) => {
    const button = [...document.querySelectorAll<HTMLElement>('[aria-label="Topics"] button')].find((each) => each.title === name)
    const began = performance.now()
    button?.click()
    for (;;) {
      await new Promise((resolve) => { requestAnimationFrame(resolve) })
      const list = document.querySelector('[aria-label="Posts"]')
      const row = list?.querySelector('[data-row]')
      const isShown = row !== null && row !== undefined && getComputedStyle(row).visibility === 'visible'
      if (document.querySelector('h1')?.title === name && isShown) return performance.now() - began
      if (performance.now() - began > 20_000) throw new Error(`${name} did not open`)
    }
  }, title)
}

it(`a topic among ${String(POSTS)} posts opens, scrolls, jumps and is searched as a short one is`, async () => {
  const titles = [BIG_TOPIC, SMALL_TOPIC].map((topic) => topic.replace('/natter/1/', ''))
  const [big = '', small = ''] = titles
  const profile = await makeProfile(join(folder, 'ada'), { name: 'Ada', topics: titles })
  const make = createHistory(7)
  await profile.edit(async (store) => {
    for (let made = 0; made < POSTS; made += 1_000) await store.append(make(1_000))
    for (const topic of [BIG_TOPIC, SMALL_TOPIC]) await store.markRead(topic)
  })
  const { app, page, close } = await launchApp({ userDataDir: profile.folder })
  try {
    const list = page.getByRole('list', { name: 'Posts', exact: true })
    await list.getByRole('listitem').first().waitFor(SOON)
    await app.evaluate(() => {
      const watch = { last: Date.now(), longest: 0 }
      Object.assign(globalThis, { watch })
      setInterval(() => {
        watch.longest = Math.max(watch.longest, Date.now() - watch.last - 5)
        watch.last = Date.now()
      }, 5)
    })
    const took: number[] = []
    for (let n = 0; n < TIMES; n++) {
      await openTopic(page, small)
      await still(list)
      took.push(await openTopic(page, big))
      await still(list)
    }
    const sorted = took.toSorted((a, b) => a - b)

    await list.focus()
    let oldest = (await inSight(list))[0]?.text
    for (let n = 0; n < 5; n++) {
      await page.keyboard.press('Home')
      await still(list)
      await see.poll(async () => (await inSight(list))[0]?.text).not.toBe(oldest)
      oldest = (await inSight(list))[0]?.text
    }
    expect(await list.getByRole('listitem').count()).toBeLessThan(400)
    await page.getByRole('button', { name: 'Newest' }).click()
    await see(page.getByRole('button', { name: 'Newest' })).toHaveCount(0)

    await page.keyboard.press('Control+f')
    const word = await page.evaluate(async (topic) => {
      const { api } = window as unknown as { readonly api: { readonly listPosts: (argument: object) => Promise<{ readonly value: { readonly posts: readonly { readonly text: string }[] } }> } }
      const { value } = await api.listPosts({ topic, page: { kind: 'newest' }, limit: 50 })
      return value.posts[0]?.text.split(/\s+/u)[0] ?? ''
    }, BIG_TOPIC)
    await page.keyboard.type(word)
    await see(page.getByRole('option').first()).toBeVisible()
    await page.keyboard.press('Enter')
    await see(page.getByRole('dialog')).toHaveCount(0)
    await see(list.locator(':focus')).toBeInViewport()

    const stall = await app.evaluate(() => (globalThis as unknown as { readonly watch: { readonly longest: number } }).watch.longest)
    console.log(`click to posts in sight, ${String(TIMES)} times: median ${sorted[7]?.toFixed(0) ?? ''} ms, worst ${sorted.at(-1)?.toFixed(0) ?? ''} ms; the main process's longest stall ${String(stall)} ms`)
    expect(sorted[7]).toBeLessThan(250)
    expect(stall).toBeLessThan(500)
  } finally {
    await close()
  }
})
