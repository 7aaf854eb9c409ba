import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { NewPost } from '../../../main/store/types.ts'
import { sizeOnDisk } from '../../../main/store/worker/size.ts'
import { createLocalStore, idOf, makePost, openTestStore, tempFolder } from '../../support/store.ts'

const PROGRAM = fileURLToPath(new URL('support/trimming.ts', import.meta.url))
const STRANGERS = 3_000
const KEPT = 300

let place: ReturnType<typeof tempFolder>
beforeEach(() => { place = tempFolder() })
afterEach(() => { place.remove() })

const strangers = Array.from({ length: STRANGERS }, (_, at): NewPost => ({ ...makePost(at, { author: `stranger ${String(at % 40)}`, text: `flood ${String(at)} ${'word '.repeat(at % 30)}` }), stranger: true }))
const own = Array.from({ length: KEPT }, (_, at) => makePost(STRANGERS + at, { author: 'me', own: true, delivery: at % 2 === 0 ? { kind: 'queued' } : { kind: 'sent', people: 1 } }))
const friends = Array.from({ length: KEPT }, (_, at) => makePost(STRANGERS + KEPT + at, { author: 'friend' }))
const valued = [...own, ...friends].map(({ post }) => post.id)

/** Runs the program and kills it after so many lines, or a moment later. @returns its last line */
async function killAfter (path: string, maxBytes: number, lines: number, delay: number): Promise<string | undefined> {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(place.folder, 'compiled') }
  const child = spawn(process.execPath, [PROGRAM, path, String(maxBytes)], { stdio: ['ignore', 'pipe', 'inherit'], env })
  const told: string[] = []
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(line)
    if (told.length === lines) setTimeout(() => child.kill('SIGKILL'), delay)
  }
  await exit
  expect(told.filter((line) => line.startsWith('aside'))).toEqual([])
  return told.at(-1)
}

/** All that has to agree, whenever the process ended. @returns posts that are left */
async function check (path: string): Promise<number> {
  const store = createLocalStore({ path })
  expect(store.report).toEqual({})
  const posts = await store.read('t', undefined, 100_000)
  const ids = new Set(posts.map(({ post }) => post.id))
  expect(valued.filter((id) => !ids.has(id))).toEqual([])
  expect(await store.queued('t')).toHaveLength(KEPT / 2)
  // Each post is there, or known as deleted: none is lost between the two.
  const gone = await store.areGone('t', strangers.map(({ post }) => Buffer.from(post.id, 'base64url')))
  expect(strangers.filter(({ post }, at) => ids.has(post.id) === gone[at])).toEqual([])
  const state = store.topic('t')
  expect(state.gone).toBe(STRANGERS + 2 * KEPT - posts.length)
  expect(state.bytes).toBe(posts.reduce((sum, { payload, post }) => sum + sizeOnDisk(payload.byteLength, Buffer.byteLength(post.text)), 0))
  expect(state.unread).toBe(posts.filter(({ post }) => !post.own).length)
  expect(await store.ranges('t', [''])).toMatchObject([{ count: posts.length }])
  expect((await store.search('flood', { limit: 100_000 })).hits).toHaveLength(posts.length - 2 * KEPT)
  expect((await store.append(strangers.slice(0, 500))).posts.filter((post) => post !== undefined)).toEqual([])
  await store.close()
  return posts.length
}

it('a process that is killed while it trims loses nothing else, and the next one goes on', async () => {
  const { store, path, remove } = await openTestStore({ local: true })
  for (let at = 0; at < STRANGERS; at += 1_000) await store.append(strangers.slice(at, at + 1_000))
  await store.append([...own, ...friends])
  const { bytes = 0 } = store.topic('t')
  await store.close()

  const left = [STRANGERS + 2 * KEPT]
  for (let kill = 0; kill < 6; kill++) {
    await killAfter(path, bytes / 10, 1 + kill % 3, Math.random() * 15)
    left.push(await check(path))
  }
  expect(await killAfter(path, bytes / 10, Infinity, 0)).toBe('done')
  left.push(await check(path))
  expect(left).toEqual(left.toSorted((a, b) => b - a))
  expect(new Set(left).size).toBeGreaterThan(3)
  await remove()
}, 120_000)

it('trimming a topic of many posts lets others be read meanwhile', async () => {
  const { store, remove } = await openTestStore()
  const COUNT = 10_000
  const batch = (from: number): NewPost[] => Array.from({ length: 1_000 }, (_, at) => ({ ...makePost(from + at, { author: `stranger ${String(at % 40)}`, text: `${String(from + at)} ${'word '.repeat(40)}` }), stranger: true }))
  for (let at = 0; at < COUNT; at += 1_000) await store.append(batch(at))
  await store.append([makePost(1, { topic: 'other', id: idOf('other') })])
  await store.setTopic('t', { maxBytes: 1_000_000 })
  const waits: number[] = []
  for (let more = true; more;) {
    const trimmed = store.trim()
    // Asked for right behind a piece, so that it waits for the whole of it.
    const asked = performance.now()
    expect((await store.list('other', { kind: 'newest' }, 10)).posts).toHaveLength(1)
    waits.push(performance.now() - asked)
    more = (await trimmed).more
  }
  const [middle = 0, longest = 0] = [waits.toSorted((a, b) => a - b).at(waits.length / 2), Math.max(...waits)]
  console.log(`${String(COUNT)} posts were trimmed in ${String(waits.length)} pieces; another topic waited ${middle.toFixed(0)} ms, ${longest.toFixed(0)} ms at most`)
  expect(store.topic('t').bytes).toBeLessThanOrEqual(1_000_000)
  expect(waits.length).toBeGreaterThan(COUNT / 250)
  expect(longest).toBeLessThan(1_000)
  await remove()
}, 120_000)

it('an empty topic, and one that nothing may be deleted of, end at once', async () => {
  const { store, remove } = await openTestStore({ local: true })
  expect(await store.trim()).toEqual({ removed: [], more: false })
  await store.setTopic('t', { maxBytes: 1_000_000 })
  expect(await store.trim()).toEqual({ removed: [], more: false })
  expect(store.topic('t')).toMatchObject({ bytes: 0, gone: 0 })
  await store.setTopic('t', { maxBytes: 100 })
  await store.append(own)
  expect(await store.trim()).toEqual({ removed: [], more: false })
  expect(await store.queued('t')).toHaveLength(KEPT / 2)
  await remove()
})
