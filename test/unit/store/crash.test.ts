import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalStore, idOf, tempFolder } from '../../support/store.ts'

const PROGRAM = fileURLToPath(new URL('support/appending.ts', import.meta.url))
const KILLS = 50
/** Databases, each of which takes its share of the kills beside the others: a process needs most of its time to start. */
const DATABASES = 2

let place: ReturnType<typeof tempFolder>
beforeEach(() => { place = tempFolder() })
afterEach(() => { place.remove() })

/** Runs the program until it has told of so many posts, and kills it there and then; @returns what it told. */
async function killAfter (path: string, from: number, acknowledged: number): Promise<readonly string[]> {
  // The cache of compiled code is for all that are started: they come to their posts sooner.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(place.folder, 'compiled') }
  const child = spawn(process.execPath, [PROGRAM, path, String(from)], { stdio: ['ignore', 'pipe', 'inherit'], env })
  const told: string[] = []
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(line)
    // What was written before the kill still comes.
    if (told.length === acknowledged) child.kill('SIGKILL')
  }
  expect((await exit)[1]).toBe('SIGKILL')
  return told
}

async function killAgainAndAgain (path: string, kills: number): Promise<void> {
  const kept = new Set<string>()
  let next = 0
  for (let kill = 0; kill < kills; kill++) {
    const told = await killAfter(path, next, 1 + Math.floor(Math.random() * 40))
    expect(told.filter((line) => line.startsWith('aside'))).toEqual([])
    for (const line of told) kept.add(line)
    next = Math.max(...told.map(Number)) + 100
  }

  const store = createLocalStore({ path })
  expect(store.report).toEqual({})
  const posts = await store.read('t', undefined, 1_000_000)
  const ids = new Set(posts.map(({ post }) => post.id))
  expect([...kept].filter((number) => !ids.has(idOf(number)))).toEqual([])
  // What goes with the posts was kept with them, or not at all.
  expect(await store.ranges('t', [''])).toMatchObject([{ count: posts.length }])
  expect(store.topic('t').unread).toBe(posts.filter(({ post }) => !post.own).length)
  expect(await store.queued('t')).toHaveLength(posts.filter(({ post }) => post.own).length)
  expect((await store.search('post', { limit: 1_000_000 })).hits).toHaveLength(posts.length)
  expect(await store.payloads('t', posts.map(({ post }) => Buffer.from(post.id, 'base64url')))).toEqual(posts.map(({ payload }) => payload))
  await store.close()
}

describe('a process that is killed while it keeps posts', () => {
  it(`loses none that it said it kept, in ${KILLS} kills`, async () => {
    await Promise.all(Array.from({ length: DATABASES }, (_, index) => killAgainAndAgain(join(place.folder, `posts-${index}.db`), KILLS / DATABASES)))
  }, 120_000)
})
