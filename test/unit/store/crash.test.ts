import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalStore, idOf, tempFolder } from '../../support/store.ts'

const PROGRAM = fileURLToPath(new URL('support/appending.ts', import.meta.url))
const KILLS = 50

let place: ReturnType<typeof tempFolder>
beforeEach(() => { place = tempFolder() })
afterEach(() => { place.remove() })

/** Runs the program until it has told of so many posts, and kills it there and then; @returns what it told. */
async function killAfter (path: string, from: number, acknowledged: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [PROGRAM, path, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] })
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

describe('a process that is killed while it keeps posts', () => {
  it(`loses none that it said it kept, in ${KILLS} kills`, async () => {
    const path = join(place.folder, 'posts.db')
    const kept = new Set<string>()
    let next = 0
    for (let kill = 0; kill < KILLS; kill++) {
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
    await store.close()
  }, 120_000)
})
