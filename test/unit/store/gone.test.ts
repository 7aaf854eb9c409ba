import { existsSync, statSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NewPost, Store } from '../../../main/store/types.ts'
import { openDatabase } from '../../../main/store/worker/driver.ts'
import { createGone, GONE_TABLES } from '../../../main/store/worker/gone.ts'
import { createTopics } from '../../../main/store/worker/topics.ts'
import { MIGRATIONS } from '../../../main/store/worker/schema.ts'
import { createLocalStore, DRIVER, idOf, load, makePost, openTestStore, START, type TestStore } from '../../support/store.ts'

const DAY = 86_400_000
const bytesOf = (number: number): Uint8Array => new Uint8Array(Buffer.from(idOf(number), 'base64url'))

let opened: TestStore
let store: Store

beforeEach(async () => {
  opened = await openTestStore({ local: true, now: () => START })
  store = opened.store
})
afterEach(async () => opened.remove())

const stranger = (number: number): NewPost => ({ ...makePost(number, { author: `stranger ${String(number)}` }), stranger: true })

/** Five posts of strangers, all of which had to go but the first. */
async function trimmed (): Promise<void> {
  await store.append([makePost(0), ...[1, 2, 3, 4].map(stranger)])
  await store.setTopic('t', { maxBytes: 300 })
  while ((await store.trim()).more);
  expect((await store.read('t', undefined, 10)).map(({ post }) => post.id)).toEqual([idOf(0)])
}

describe('what was deleted to save space', () => {
  it('is known as such, is in no tree, and does not come back', async () => {
    await trimmed()
    expect(store.topic('t')).toMatchObject({ gone: 4, floor: 0 })
    expect(await store.ranges('t', [''])).toMatchObject([{ count: 1 }])
    expect((await store.goneIn('t', [''])).map(({ stamp }) => stamp)).toEqual([1, 2, 3, 4].map((number) => START + 1_000 * number))
    const [first] = await store.goneIn('t', [''])
    const key = `${(START + 1_000).toString(16).padStart(12, '0')}${Buffer.from(bytesOf(1)).toString('hex')}`
    expect(await store.goneIn('t', [key, key.slice(0, 12)])).toEqual([first, first])
    expect(await store.goneIn('t', ['f', 'no range'])).toEqual([])
    expect(await store.areGone('t', [0, 1, 4, 5].map(bytesOf))).toEqual([false, true, true, false])
    expect(await store.append([makePost(0), stranger(1), stranger(5)])).toMatchObject({ posts: [undefined, undefined, { id: idOf(5) }], unwanted: [1] })
    expect(await store.areGone('other', [1].map(bytesOf))).toEqual([false])
  })

  it('is remembered over a restart', async () => {
    await trimmed()
    await store.close()
    store = createLocalStore({ path: opened.path, now: () => START })
    expect(store.topic('t').gone).toBe(4)
    expect((await store.append([stranger(3)])).unwanted).toEqual([0])
    await store.close()
  })

  it('comes back where the person asks for it', async () => {
    await trimmed()
    expect(await store.append([{ ...stranger(2), insists: true }])).toMatchObject({ posts: [{ id: idOf(2) }], unwanted: [] })
    expect(store.topic('t').gone).toBe(3)
    expect(await store.ranges('t', [''])).toMatchObject([{ count: 2 }])
  })

  it('may be fetched again where the topic may take more, not where it may take less', async () => {
    await trimmed()
    await store.setTopic('t', { maxBytes: 250 })
    expect(store.topic('t').gone).toBe(4)
    await store.setTopic('t', { maxBytes: null })
    expect(store.topic('t')).toMatchObject({ gone: 0, floor: 0, maxBytes: null })
    expect(await store.append([stranger(1)])).toMatchObject({ posts: [{ id: idOf(1) }] })
  })

  it('is forgotten with the topic, and where the topic keeps nothing so old', async () => {
    await trimmed()
    await store.setTopic('t', { keepDays: 1 })
    await store.deleteTopic('t')
    await store.append([makePost(0)])
    expect(store.topic('t').gone).toBe(0)
    expect(await store.goneIn('t', [''])).toEqual([])
  })

  it('is a bounded number: beyond it, what is as old as the oldest is not fetched any more', () => {
    const db = openDatabase(load(DRIVER), ':memory:', undefined)
    for (const sql of MIGRATIONS) db.exec(sql)
    expect(MIGRATIONS.join()).toContain(GONE_TABLES)
    const gone = createGone(db, 100)
    let topic = createTopics(db).need('t')
    const entries = (from: number, to: number): { readonly stamp: number, readonly id: Uint8Array }[] => Array.from({ length: to - from }, (_, at) => ({ stamp: START + from + at, id: bytesOf(from + at) }))
    topic = gone.add(topic, entries(0, 100), START + 2 * DAY)
    expect(topic).toMatchObject({ gone: 100, floor: 0 })
    topic = gone.add(topic, entries(90, 110), START + 2 * DAY)
    // Twenty-one went, and so many are behind the floor.
    expect(topic).toMatchObject({ gone: 89, floor: START + 21 })
    expect([20, 21].map((number) => gone.hasId(topic.number, bytesOf(number)))).toEqual([false, true])
    // Those from the future go first, and take no others with them.
    topic = gone.add(topic, Array.from({ length: 300 }, (_, at) => ({ stamp: START + 900 * DAY + at, id: bytesOf(1_000 + at) })), START + 2 * DAY)
    expect(topic).toMatchObject({ gone: 89, floor: START + 21 })
    // Where all are of today, what is said today is fetched all the same.
    topic = gone.add(topic, Array.from({ length: 300 }, (_, at) => ({ stamp: START + 2 * DAY - at, id: bytesOf(2_000 + at) })), START + 2 * DAY)
    topic = gone.add(topic, Array.from({ length: 300 }, (_, at) => ({ stamp: START + 2 * DAY - at, id: bytesOf(3_000 + at) })), START + 2 * DAY)
    expect(topic.floor).toBeLessThanOrEqual(START + DAY)
    db.close()
  })
})

describe('on the disk', () => {
  it('the log stays short, however many small transactions there are', async () => {
    let longest = 0
    for (let number = 0; number < 600; number++) {
      await store.append([makePost(number, { text: `${'word '.repeat(20)} ${String(number)}` })])
      longest = Math.max(longest, statSync(`${opened.path}-wal`).size)
    }
    expect(longest).toBeGreaterThan(1_000_000)
    expect(longest).toBeLessThan(5_000_000)
  }, 30_000)

  it('what strangers may add in 20 seconds takes less than 20 MB, whatever words they use', async () => {
    const texts: Readonly<Record<string, () => string>> = {
      'words that nobody uses': () => Array.from({ length: 3_000 }, () => Math.floor(Math.random() * 1e9).toString(36).slice(0, 4)).join(' '),
      'characters without spaces': () => Array.from({ length: 5_000 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000))).join('')
    }
    for (const [kind, make] of Object.entries(texts)) {
      const { store: other, path, remove } = await openTestStore({ local: true })
      let bytes = 0
      for (let number = 0; bytes < 3_900_000; number++) {
        const text = make()
        const post = { ...makePost(number, { text, author: `stranger ${String(number)}` }), payload: Buffer.concat([Buffer.alloc(200), Buffer.from(text)]), stranger: true }
        bytes += post.payload.byteLength
        await other.append([post])
      }
      const size = ['', '-wal', '-shm', '-journal'].map((end) => path + end).filter((file) => existsSync(file)).reduce((sum, file) => sum + statSync(file).size, 0)
      console.log(`${kind}: ${(bytes / 1e6).toFixed(1)} MB of posts are ${(size / 1e6).toFixed(1)} MB on the disk`)
      expect(size).toBeLessThan(20_000_000)
      await remove()
    }
  }, 60_000)

  it('words of a stranger\'s long text find it, up to a bound', async () => {
    const words = Array.from({ length: 2_000 }, (_, at) => `w${at.toString(36)}x`)
    await store.append([{ ...makePost(1, { text: words.join(' '), author: 'stranger' }), stranger: true }, makePost(2, { text: words.slice(1_500).join(' ') })])
    const found = async (query: string): Promise<readonly string[]> => (await store.search(query, { limit: 10 })).hits.map(({ post }) => post.id)
    expect(await found(`${words[0] ?? ''} `)).toEqual([idOf(1)])
    expect(await found(`${words[900] ?? ''} `)).toEqual([idOf(1)])
    expect(await found(`${words[1_900] ?? ''} `)).toEqual([idOf(2)])
  })

  it('space of deleted posts is used again', async () => {
    const batch = (from: number): NewPost[] => Array.from({ length: 500 }, (_, at) => ({ ...stranger(from + at), payload: new Uint8Array(4_000).fill(at) }))
    await store.append(batch(0))
    await store.setTopic('t', { maxBytes: 1_000 })
    const sizes: number[] = []
    for (let round = 1; round < 6; round++) {
      while ((await store.trim()).more);
      await store.append(batch(1_000 * round))
      sizes.push(statSync(opened.path).size)
    }
    const [first = 0] = sizes
    expect(sizes.at(-1)).toBeLessThan(1.5 * first)
  }, 30_000)
})
