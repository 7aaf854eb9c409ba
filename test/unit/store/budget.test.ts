import { statSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NewPost, Store } from '../../../main/store/types.ts'
import { openDatabase } from '../../../main/store/worker/driver.ts'
import { APPLICATION_ID, MIGRATIONS } from '../../../main/store/worker/schema.ts'
import { sizeOnDisk } from '../../../main/store/worker/size.ts'
import { createLocalStore, DRIVER, idOf, KEY, load, makePost, openTestStore, START, tempFolder, type TestStore } from '../../support/store.ts'

const DAY = 86_400_000
const DEFAULT = 500_000_000

let opened: TestStore
let store: Store
let now = START

beforeEach(async () => {
  now = START
  opened = await openTestStore({ local: true, now: () => now })
  store = opened.store
})
afterEach(async () => opened.remove())

/** A post of about so many bytes on the disk. */
function sized (number: number, bytes: number, { stranger = false, ...more }: Parameters<typeof makePost>[1] & { readonly stranger?: boolean } = {}): NewPost {
  const post = makePost(number, { text: '.'.repeat(Math.max(1, Math.floor((bytes - 211) / 3))), ...more })
  return { ...post, stranger }
}
const sizeOf = ({ payload, post }: NewPost): number => sizeOnDisk(payload.byteLength, Buffer.byteLength(post.text))
const ids = async (): Promise<string[]> => (await store.read('t', undefined, 10_000)).map(({ post }) => post.id)

/** Trims until there is nothing more to do; answers what went, in that order. */
async function trimAll (): Promise<string[]> {
  const gone: string[] = []
  for (let piece = 0; piece < 1_000; piece++) {
    const { removed, more } = await store.trim()
    gone.push(...removed.flatMap((one) => one.ids))
    if (!more) return gone
  }
  throw new Error('it never ends')
}

describe('what a topic takes on the disk', () => {
  it('is counted with each post that comes and goes, and again after a restart', async () => {
    expect(store.topic('t')).toMatchObject({ bytes: 0, maxBytes: DEFAULT })
    const posts = [sized(1, 1_000), sized(2, 5_000), sized(3, 20_000, { author: 'ann' })]
    await store.append(posts)
    await store.append(posts)
    const sum = posts.reduce((bytes, post) => bytes + sizeOf(post), 0)
    expect(store.topic('t').bytes).toBe(sum)
    await store.deleteAuthor('ann')
    expect(store.topic('t').bytes).toBe(sum - sizeOf(posts[2] as NewPost))
    await store.setTopic('t', { keepDays: 1 })
    await store.prune({ now: START + 2 * DAY })
    expect(store.topic('t').bytes).toBe(0)
    await store.append([{ ...sized(9, 3_000), at: START + 5 * DAY }])
    await store.close()
    store = createLocalStore({ path: opened.path, now: () => now })
    expect(store.topic('t').bytes).toBe(sizeOf(sized(9, 3_000)))
    await store.close()
  })

  it('is what the file grows by, about', async () => {
    const words = (number: number): string => Array.from({ length: 12 }, (_, at) => `word${String((number * 7 + at * at) % 900)}`).join(' ')
    const base = statSync(opened.path).size
    for (let from = 0; from < 6_000; from += 500) await store.append(Array.from({ length: 500 }, (_, at) => ({ ...makePost(from + at, { text: words(from + at) }), payload: new Uint8Array(450).map(() => Math.random() * 256) })))
    const { bytes = 0 } = store.topic('t')
    await store.close()
    const grown = statSync(opened.path).size - base
    expect(grown / bytes).toBeGreaterThan(0.7)
    expect(grown / bytes).toBeLessThan(1.3)
  })

  it('of posts that an older version stored is counted piece by piece, and nothing of it is deleted', async () => {
    const { folder, remove } = tempFolder()
    const path = `${folder}/posts.db`
    const db = openDatabase(load(DRIVER), path, KEY)
    for (const sql of MIGRATIONS.slice(0, 2)) db.exec(sql)
    db.exec(`insert into topic(number, id, came) values(1, 't', 25000); insert into peer(number, id) values(1, 'bob'); pragma application_id=${String(APPLICATION_ID)}; pragma user_version=2; begin`)
    const insert = db.prepare('insert into post(pos, topic, stamp, idh, id, author, name, time, own, came, text, payload) values(?, 1, ?, ?, ?, 1, ?, ?, 0, ?, ?, ?)')
    for (let at = 0; at < 25_000; at++) insert.run([at, null, at, `id ${String(at)}`, '', at, at + 1, 'x', new Uint8Array(100)])
    db.exec('commit')
    db.close()

    const old = createLocalStore({ path })
    expect(old.topic('t')).toMatchObject({ bytes: undefined })
    await old.append([sized(1, 1_000)])
    let pieces = 0
    while ((await old.trim()).more) pieces += 1
    expect(pieces).toBeGreaterThan(1)
    expect(old.topic('t')).toMatchObject({ bytes: 25_000 * sizeOnDisk(100, 1) + sizeOf(sized(1, 1_000)), maxBytes: DEFAULT })
    expect((await old.read('t', undefined, 50_000)).length).toBe(25_001)
    await old.close()
    remove()
  })

  it('of an older version keeps the limit that the person chose before it was counted', async () => {
    for (const maxBytes of [null, 2_000]) {
      const { folder, remove } = tempFolder()
      const path = `${folder}/posts.db`
      const db = openDatabase(load(DRIVER), path, KEY)
      for (const sql of MIGRATIONS.slice(0, 2)) db.exec(sql)
      db.exec(`insert into topic(number, id, came, read_came) values(1, 't', 50, 50); insert into peer(number, id) values(1, 'bob'); pragma application_id=${String(APPLICATION_ID)}; pragma user_version=2`)
      const insert = db.prepare('insert into post(pos, topic, stamp, idh, id, author, name, time, own, came, text, payload) values(?, 1, ?, ?, ?, 1, ?, ?, 0, ?, ?, ?)')
      for (let at = 0; at < 50; at++) insert.run([at, null, at, `id ${String(at)}`, '', at, at + 1, 'x', new Uint8Array(100)])
      db.close()
      const old = createLocalStore({ path })
      await old.setTopic('t', { maxBytes })
      while ((await old.trim()).more);
      const { bytes = 0, ...state } = old.topic('t')
      expect(state.maxBytes).toBe(maxBytes)
      expect(bytes).toBeGreaterThan(0)
      expect(bytes).toBeLessThanOrEqual(maxBytes ?? 50 * sizeOnDisk(100, 1))
      await old.close()
      remove()
    }
  })
})

describe('a topic that takes more than it may', () => {
  it('gives up the largest recent posts of strangers first, and no more than it has to', async () => {
    const known = [sized(1, 40_000), sized(2, 40_000)]
    const strangers = [10_000, 30_000, 20_000, 5_000].map((bytes, at) => sized(10 + at, bytes, { author: `stranger ${String(at)}`, stranger: true }))
    await store.append([...known, ...strangers])
    await store.markRead('t')
    await store.setTopic('t', { maxBytes: 100_000 })
    expect(await trimAll()).toEqual([idOf(11), idOf(12)])
    expect(await ids()).toEqual([1, 2, 10, 13].map(idOf))
    expect(store.topic('t').bytes).toBeLessThanOrEqual(100_000)
    expect(await trimAll()).toEqual([])
  })

  it('gives up strangers\' posts before what was read, and that the oldest first', async () => {
    await store.append([sized(1, 10_000, { author: 'stranger', stranger: true })])
    now += 9 * DAY
    await store.append([sized(2, 10_000), sized(3, 10_000), sized(4, 1_000, { author: 'other stranger', stranger: true })])
    await store.markRead('t')
    await store.setTopic('t', { maxBytes: 1_000 })
    expect(await trimAll()).toEqual([4, 1, 2, 3].map(idOf))
  })

  it('counts a stranger as known after a day, but not one whose posts had to go', async () => {
    await store.append([sized(1, 10_000, { author: 'ann', stranger: true }), sized(2, 9_000, { author: 'flood', stranger: true })])
    now += 25 * 3_600_000
    await store.append([sized(3, 20_000, { author: 'new', stranger: true }), sized(4, 100, { author: 'new', stranger: true })])
    await store.setTopic('t', { maxBytes: 21_000 })
    // Both others are known by now, and unread.
    expect(await trimAll()).toEqual([idOf(3)])
    now += 23 * 3_600_000
    await store.setTopic('t', { maxBytes: 19_000 })
    expect(await trimAll()).toEqual([idOf(4)])
    expect((await store.peers(10)).ids).not.toContain('new')
  })

  it('keeps own posts, queued ones, and unread ones of people who are known, whatever it may take', async () => {
    const own = sized(1, 10_000, { own: true, author: 'me', delivery: { kind: 'sent', people: 3 } })
    const queued = sized(2, 10_000, { own: true, author: 'me', delivery: { kind: 'queued' } })
    await store.append([own, queued, sized(3, 10_000)])
    await store.setTopic('t', { maxBytes: 5_000 })
    expect(await trimAll()).toEqual([])
    await store.markRead('t')
    expect(await trimAll()).toEqual([idOf(3)])
    expect(await ids()).toEqual([1, 2].map(idOf))
    expect(store.topic('t').unread).toBe(0)
  })

  it('gives up posts in that order whatever there is', async () => {
    const kinds = fc.constantFrom('own', 'queued', 'known', 'stranger', 'old stranger')
    const list = fc.array(fc.record({ kind: kinds, bytes: fc.integer({ min: 300, max: 9_000 }) }), { minLength: 1, maxLength: 15 })
    await fc.assert(fc.asyncProperty(list, list, fc.integer({ min: 1_000, max: 60_000 }), async (read, unread, maxBytes) => {
      const topic = `t ${String(Math.random())}`
      const all = [...read, ...unread].map(({ kind, bytes }, at) => ({
        kind,
        isRead: at < read.length,
        post: sized(at, bytes, {
          topic, author: kind === 'own' || kind === 'queued' ? 'me' : `${topic} ${kind} ${String(at)}`, own: kind === 'own' || kind === 'queued', stranger: kind.endsWith('stranger'),
          ...(kind === 'queued' ? { delivery: { kind: 'queued' } as const } : kind === 'own' ? { delivery: { kind: 'sent', people: 1 } as const } : {})
        })
      })).map((one, at) => ({ ...one, post: { ...one.post, post: { ...one.post.post, id: idOf(`${topic} ${String(at)}`) } } }))
      now = START
      await store.append(all.filter(({ kind, isRead }) => kind === 'old stranger' && isRead).map(({ post }) => post))
      now = START + 10 * DAY
      await store.append(all.filter(({ kind, isRead }) => kind !== 'old stranger' && isRead).map(({ post }) => post))
      await store.markRead(topic)
      const fresh = all.filter(({ isRead }) => !isRead)
      await store.append(fresh.map(({ post }) => post))
      await store.setTopic(topic, { maxBytes })
      const gone = await trimAll()
      const rank = ({ kind, isRead }: typeof all[number]): number => kind === 'stranger' || (kind === 'old stranger' && !isRead) ? 0 : kind !== 'own' && kind !== 'queued' && isRead ? 2 : 3
      const order = gone.map((id) => all.find(({ post }) => post.post.id === id)).filter((one) => one !== undefined)
      expect(order.map(rank)).toEqual(order.map(rank).toSorted())
      expect(order.map(rank)).not.toContain(3)
      const recent = order.filter((one) => rank(one) === 0).map(({ post }) => sizeOf(post))
      expect(recent).toEqual(recent.toSorted((a, b) => b - a))
      const left = all.filter(({ post }) => !gone.includes(post.post.id))
      expect(left.filter((one) => rank(one) === 0).every(({ post }) => sizeOf(post) <= Math.min(...recent, Infinity))).toBe(true)
      const bytes = left.reduce((sum, { post }) => sum + sizeOf(post), 0)
      expect(store.topic(topic).bytes).toBe(bytes)
      if (bytes > maxBytes) expect(left.every((one) => rank(one) === 3)).toBe(true)
    }), { numRuns: 20 })
  }, 60_000)
})
