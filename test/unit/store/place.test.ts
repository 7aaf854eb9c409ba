import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../main/store/worker/driver.ts'
import { createPlacer, idealPlace, placeOfTime, timeOfPlace } from '../../../main/store/worker/place.ts'
import { DRIVER, load, makePost, openTestStore, START } from '../../support/store.ts'

const module = load(DRIVER)

interface Item { readonly at: number, readonly id: Uint8Array }

/** Where each item ends up, by the bytes of its id. */
function layout (items: readonly Item[]): ReadonlyMap<string, number> {
  const db = openDatabase(module, ':memory:', undefined)
  try {
    db.exec('create table post(pos integer primary key, id blob)')
    const place = createPlacer(db)
    const insert = db.prepare('insert into post values(?, ?)')
    const move = db.prepare('update post set pos=pos+1 where pos=?')
    for (const { at, id } of items) {
      const { pos, displaced } = place(at, id)
      for (const other of displaced) move.run([other])
      insert.run([pos, id])
    }
    return new Map(db.prepare('select pos, id from post order by pos').all([]).map((row) => [Buffer.from(row['id'] as Uint8Array).toString('hex'), Number(row['pos'])]))
  } finally {
    db.close()
  }
}

// Few times and few beginnings of ids, so that most want the same places; some at a millisecond's end.
const id = fc.tuple(fc.constantFrom(0, 0x12, 0xff), fc.constantFrom(0x00, 0x10, 0xf0, 0xff), fc.integer({ min: 0, max: 0xffff }))
  .map(([a, b, rest]) => Uint8Array.from({ length: 32 }, (_, index) => [a, b, rest >>> 8, rest & 255][index] ?? 7))
const items = fc.uniqueArray(fc.record({ at: fc.constantFrom(START, START + 1, START + 2, Date.UTC(1990, 0)), id }), { maxLength: 60, selector: (item) => Buffer.from(item.id).toString('hex') })

describe('the place of a post', () => {
  it('is the same in whatever order the posts came', () => {
    fc.assert(fc.property(items.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
      expect(layout(shuffled)).toEqual(layout(list))
    }), { numRuns: 150 })
  })

  it('orders by time, then by id, each at the first free place', () => {
    fc.assert(fc.property(items, (list) => {
      const sorted = list.toSorted((a, b) => idealPlace(a.at, a.id) - idealPlace(b.at, b.id) || Buffer.compare(a.id, b.id))
      let last = -Infinity
      const wanted = new Map(sorted.map(({ at, id }) => [Buffer.from(id).toString('hex'), last = Math.max(last + 1, idealPlace(at, id))]))
      expect(layout(list)).toEqual(wanted)
    }), { numRuns: 150 })
  })

  it('is a safe integer at any time, and tells the time', () => {
    for (const at of [0, -1e15, 1e18, START, Date.UTC(9999, 0)]) expect(Number.isSafeInteger(idealPlace(at, new Uint8Array(32).fill(255)))).toBe(true)
    expect(timeOfPlace(idealPlace(START, new Uint8Array(32).fill(255)))).toBe(START)
    expect(placeOfTime(START)).toBe(idealPlace(START, new Uint8Array(32)))
  })

  it('is found quickly in the longest of runs, and is nobody else\'s', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => {
      const bytes = new Uint8Array(32)
      new DataView(bytes.buffer).setUint32(8, index)
      return { at: START, id: bytes }
    })
    // The processor's time: what else the machine does is no matter here.
    const began = process.cpuUsage()
    expect(new Set(layout(many).values()).size).toBe(many.length)
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(5_000)
    // Others may have the processor for as long again, several times.
  }, 60_000)

  it('moves all that goes by it when a post makes room', async () => {
    const { store, remove } = await openTestStore({ local: true })
    const at = START
    const twin = (last: number, more = {}) => {
      const bytes = Buffer.alloc(32)
      bytes[31] = last
      return makePost(last, { id: bytes.toString('base64url'), at, ...more })
    }
    const own = { own: true, author: 'me', delivery: { kind: 'queued' } } as const
    await store.append([twin(5, { ...own, text: 'mine five' })])
    await store.setHeld('t', { peerId: 'ann', hub: false }, [twin(5).post.id])
    await store.append([twin(7, { text: 'theirs seven' })])
    expect((await store.append([twin(3, { ...own, text: 'three' }), twin(4, { ...own, text: 'four' })])).posts.map((post) => post?.order)).toEqual([placeOfTime(at), placeOfTime(at) + 1])
    const page = await store.list('t', { kind: 'newest' }, 9)
    expect(page.posts.map(({ text }) => text)).toEqual(['three', 'four', 'mine five', 'theirs seven'])
    expect(page.firstUnread).toBe(page.posts[3]?.order)
    expect((await store.search('seven', { limit: 3 })).hits).toMatchObject([{ post: { text: 'theirs seven' }, before: { text: 'mine five' } }])
    expect((await store.search('five', { limit: 3 })).hits).toHaveLength(1)
    // Ann was counted for it at its old place.
    expect(await store.setHeld('t', { peerId: 'ann', hub: false }, [twin(5).post.id])).toEqual([])
    await remove()
  })
})
