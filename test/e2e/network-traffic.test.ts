import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Self } from '../../preload/contract/index.ts'
import { connect, meet, TestNet, type TestNode } from '../net/support/test-net.ts'
import { launchApp } from './support/app.ts'
import { colourOf, drawings, recordDrawings, type Drawn } from './support/drawn.ts'
import { createAuthor, makeProfile } from './support/profile.ts'
import { postItem, see, SOON } from './support/reader.ts'

const TOPIC = '/natter/1/garden'
const POSTS = 6

let folder: string
const net = new TestNet()
const ends: (() => Promise<void>)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-traffic-')) })
afterEach(async () => {
  await Promise.all(ends.splice(0).map(async (end) => end()))
  await net.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Which of the picture's whole lines a post is on; -1: on none. */
function lineOf ({ lines }: Drawn, { x, y }: Drawn['dots'][number]): number {
  return lines.filter(({ dash, wide }) => dash === '' && !wide).findIndex(({ from, to }) => {
    const length = Math.hypot(to.x - from.x, to.y - from.y)
    const along = ((x - from.x) * (to.x - from.x) + (y - from.y) * (to.y - from.y)) / length
    const away = Math.abs((x - from.x) * (to.y - from.y) - (y - from.y) * (to.x - from.x)) / length
    return away < 1.5 && along > -1 && along < length + 1
  })
}

// 1–2, 1–3, 2–4, 3–4; the window is 4.
it('with Floodsub in a diamond each post runs to the window along one line, and its duplicate, a ring, along the other', async () => {
  const [one, two, three] = await Promise.all([1, 2, 3].map(async () => net.node({ protocol: 'floodsub', topics: [TOPIC] }))) as unknown as readonly [TestNode, TestNode, TestNode]
  await Promise.all([connect(one, two, TOPIC), connect(one, three, TOPIC)])
  const profile = await makeProfile(join(folder, 'Ada'), { name: 'Ada', topics: ['garden'], settings: { mdns: false, protocol: 'floodsub' } })
  const { page, close } = await launchApp({ userDataDir: profile.folder })
  ends.push(close)
  const self = async (): Promise<Self | null> => page.evaluate(async () => {
    const snapshot = await window.api.getSnapshot({})
    return snapshot.ok ? snapshot.value.self ?? null : null
  })
  await see.poll(async () => (await self())?.port ?? 0, SOON).toBeGreaterThan(0)
  const { peerId, port } = await self() ?? { peerId: '', port: 0 }
  for (const near of [two, three]) await near.libp2p.dial(multiaddr(`/ip4/127.0.0.1/tcp/${String(port)}/p2p/${peerId}`))

  await page.keyboard.press('Control+Shift+N')
  const rows = page.getByRole('grid').locator('tbody tr').filter({ hasText: 'garden' })
  await see(rows).toHaveCount(2)
  for (const near of [two, three]) await see.poll(() => near.pubsub.subscribers(TOPIC), SOON).toContain(peerId)
  await meet(one, two, TOPIC)
  await meet(one, three, TOPIC)
  await recordDrawings(page)

  const author = await createAuthor('Noor')
  const figures = async (column: string): Promise<number> => {
    const titles = await page.getByRole('columnheader').allInnerTexts()
    const at = titles.findIndex((title) => title.startsWith(column))
    const texts = await Promise.all([0, 1].map(async (row) => rows.nth(row).getByRole('gridcell').nth(at).innerText()))
    return texts.reduce((sum, text) => sum + (Number.parseInt(text, 10) || 0), 0)
  }
  for (let n = 1; n <= POSTS; n++) {
    const { payload } = await author.write(TOPIC, `Post ${String(n)}`, Date.now())
    await one.pubsub.publish(TOPIC, payload)
    // Each post twice, as the counters say too.
    await see.poll(async () => [await figures('First copies'), await figures('Duplicates'), await figures('Passed on')], SOON).toEqual([n, n, n])
    await see.poll(async () => page.evaluate(() => window.drawn.at(-1)?.dots.length), SOON).toBe(0)
  }
  const frames = (await drawings(page)).filter(({ dots }) => dots.length > 0)
  const ground = await colourOf(page, '--bg')
  const seen = frames.flatMap((frame) => frame.dots.map((dot) => ({ line: lineOf(frame, dot), ring: dot.fill === ground, edge: dot.edge !== ground })))
  // Nothing runs beside the lines; a ring is hollow and has an edge, a post is whole and has none.
  expect(seen.filter(({ line, ring, edge }) => line < 0 || ring !== edge)).toEqual([])
  expect(new Set(seen.filter(({ ring }) => !ring).map(({ line }) => line)).size).toBe(2)
  expect(seen.some(({ ring }) => ring)).toBe(true)
  // Both lines are in use in the same moment.
  const together = frames.filter((frame) => new Set(frame.dots.map((dot) => lineOf(frame, dot))).size === 2)
  expect(together.length).toBeGreaterThan(0)
  await page.keyboard.press('Escape')
  await see(postItem(page, `Post ${String(POSTS)}`)).toBeVisible()
})
