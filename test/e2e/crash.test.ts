import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import type { Page } from '@playwright/test'
import type { Api, Post } from '../../preload/contract/index.ts'
import { launchApp } from './support/app.ts'
import { WindowUser } from './support/window-user.ts'

// A desktop that posts is killed at random moments; what it had acknowledged is there when it starts again.

declare const window: { api: Api, acknowledged: string[] }

const KILLS = 50
const TOPIC = '/natter/1/crash'
const userDataDir = mkdtempSync(join(tmpdir(), 'natter-crash-'))
afterAll(() => { rmSync(userDataDir, { recursive: true, force: true }) })

/** Posts as fast as answers come, until the process is gone; what was acknowledged is reported as it comes. */
async function postWithoutEnd (page: Page, round: number, heard: (text: string) => void): Promise<void> {
  await page.exposeFunction('acknowledge', heard)
  await page.evaluate(({ topic, prefix }) => {
    const { api, acknowledge } = window as unknown as { api: Api, acknowledge: (text: string) => Promise<void> }
    void (async () => {
      for (let n = 0; ; n++) {
        const text = `${prefix} ${String(n)}`
        const result = await api.postMessage({ topic, text, clientId: text })
        if (result.ok) await acknowledge(text)
      }
    })()
  }, { topic: TOPIC, prefix: `round ${String(round)}, post` })
}

/** All posts of the topic, read through the app's own pages. */
async function readAll (page: Page): Promise<string[]> {
  return page.evaluate(async (topic) => {
    const { api } = window
    const texts: string[] = []
    let before: number | undefined
    for (;;) {
      const result = await api.listPosts({ topic, page: before === undefined ? { kind: 'newest' } : { kind: 'before', order: before }, limit: 200 })
      if (!result.ok) throw new Error(result.message)
      texts.unshift(...result.value.posts.map((post: Post) => post.text))
      before = result.value.posts[0]?.order
      if (!result.value.older || before === undefined) return texts
    }
  }, TOPIC)
}

it(`${String(KILLS)} kills lose no post that was acknowledged`, { timeout: 600_000 }, async () => {
  const acknowledged: string[] = []
  for (let round = 0; round <= KILLS; round++) {
    const { app, page, output, close } = await launchApp({ userDataDir })
    if (round === 0) {
      const user = new WindowUser(page)
      await user.introduce({ name: 'Ada' })
      await user.start({ topic: 'crash' })
    } else {
      await page.getByRole('list', { name: 'Posts', exact: true }).waitFor()
      const there = await readAll(page)
      const counts = new Map<string, number>()
      for (const text of there) counts.set(text, (counts.get(text) ?? 0) + 1)
      expect(acknowledged.filter((text) => counts.get(text) !== 1), `lost or doubled after kill ${String(round)}; the app wrote:\n${output()}`).toEqual([])
    }
    expect(readdirSync(userDataDir).filter((name) => name.startsWith('posts-')), 'no database was set aside').toEqual([])
    if (round === KILLS) {
      await close()
      break
    }
    const before = acknowledged.length
    await postWithoutEnd(page, round, (text) => { acknowledged.push(text) })
    // Posting is under way; then a moment that nobody chose.
    while (acknowledged.length === before) await sleep(5)
    await sleep(Math.random() * 150)
    const gone = new Promise((resolve) => { app.process().once('exit', resolve) })
    app.process().kill('SIGKILL')
    await gone
    await close().catch(() => undefined)
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS)
})
