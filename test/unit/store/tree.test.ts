import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '../../../main/store/types.ts'
import { createTree } from '../../../main/store/worker/tree.ts'
import { expected, keyOf, openTreeBed, show } from './tree-reference.ts'

let bed: ReturnType<typeof openTreeBed>
beforeEach(() => { bed = openTreeBed() })
afterEach(() => { bed.drop() })

const YEAR = 365 * 86_400_000
const NOW = Date.UTC(2027, 0, 1)
const LAST_STAMP = 2 ** 48 - 1

/** Ids that hang together, too: ground by somebody who wants a deep tree. */
const id = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.tuple(fc.constantFrom(0, 255), fc.uint8Array({ minLength: 3, maxLength: 3 })).map(([fill, end]) => Uint8Array.from([...new Uint8Array(29).fill(fill), ...end]))
)
const stamp = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(NOW, NOW + 1, 0, LAST_STAMP) },
  { weight: 3, arbitrary: fc.integer({ min: NOW, max: NOW + 5_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: NOW, max: NOW + YEAR }) },
  fc.integer({ min: 0, max: LAST_STAMP })
)
const entry: fc.Arbitrary<Entry> = fc.record({ stamp, id })
const batches = fc.array(fc.oneof(
  fc.record({ add: fc.array(entry, { maxLength: 150, size: 'max' }) }),
  fc.record({ remove: fc.double({ min: 0, max: 1, noNaN: true }), from: fc.double({ min: 0, max: 1, noNaN: true }) })
), { minLength: 1, maxLength: 6 })

/** Ranges of any depth around what is there, and some where nothing is. */
function prefixes (posts: readonly Entry[], random: () => number): string[] {
  const near = Array.from({ length: 30 }, () => keyOf(posts[Math.floor(random() * posts.length)] ?? { stamp: 0, id: new Uint8Array(32) }).slice(0, Math.floor(random() * 77)))
  return ['', '0', 'f', 'ffffffffffff', '000000000000', ...near, ...near.map((prefix) => prefix.slice(0, -1) + '7')]
}

function check (posts: readonly Entry[], asked: readonly string[], topic = 1): void {
  const views = createTree(bed.db).ranges(topic, asked)
  expect(views.map(show)).toEqual(asked.map((prefix) => expected(posts, prefix)).filter((view) => view !== undefined))
}

describe('the tree', () => {
  it('answers as a plain list does, whatever came and went, in whatever batches', () => {
    fc.assert(fc.property(batches, fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (steps, numbers) => {
      const random = (): number => Number(numbers.next().value)
      bed.db.exec('delete from post; delete from tree_node')
      const tree = createTree(bed.db)
      const posts = new Map<string, Entry>()
      for (const step of steps) {
        if ('add' in step) {
          const added = [...new Map(step.add.map((one) => [keyOf(one), one])).entries()].filter(([key]) => !posts.has(key))
          bed.put(1, added.map(([, one]) => one))
          tree.add(1, added.map(([, one]) => one))
          for (const [key, one] of added) posts.set(key, one)
        } else {
          const keys = [...posts.keys()]
          const start = Math.floor(step.from * keys.length)
          const gone = keys.slice(start, start + Math.ceil(step.remove * keys.length)).map((key) => posts.get(key)).filter((one) => one !== undefined)
          bed.take(1, gone)
          tree.remove(1, gone)
          for (const one of gone) posts.delete(keyOf(one))
        }
        check([...posts.values()], prefixes([...posts.values()], random))
      }
    }), { numRuns: 40 })
  }, 60_000)

  it('answers the same in whatever order posts came, and after others came and went', () => {
    fc.assert(fc.property(fc.uniqueArray(entry, { selector: keyOf, minLength: 100, maxLength: 400, size: 'max' }), fc.integer({ min: 1, max: 200 }), fc.nat(), (all, size, seed) => {
      bed.db.exec('delete from post; delete from tree_node')
      const tree = createTree(bed.db)
      const stay = all.slice(0, all.length / 2)
      bed.put(1, stay)
      tree.add(1, stay)
      // The other topic: shuffled, in other batches, with all the rest in between.
      const shuffled = all.map((one, at) => ({ one, by: (at * 7919 + seed) % 104_729 })).sort((a, b) => a.by - b.by).map(({ one }) => one)
      for (let at = 0; at < shuffled.length; at += size) {
        bed.put(2, shuffled.slice(at, at + size))
        tree.add(2, shuffled.slice(at, at + size))
      }
      const gone = all.slice(all.length / 2)
      tree.remove(2, gone)
      bed.take(2, gone)
      const asked = ['', ...stay.slice(0, 20).flatMap((one) => [4, 7, 12, 14].map((depth) => keyOf(one).slice(0, depth)))]
      expect(tree.ranges(2, asked).map(show)).toEqual(tree.ranges(1, asked).map(show))
    }), { numRuns: 25 })
  }, 60_000)

  it('goes on into the ids where a thousand posts have one stamp', () => {
    const flood = Array.from({ length: 1_000 }, () => ({ stamp: NOW, id: randomBytes(32) }))
    bed.put(1, flood)
    createTree(bed.db).add(1, flood)
    check(flood, ['', ...prefixes(flood, Math.random)])
    expect(createTree(bed.db).ranges(1, [''])[0]?.children).toHaveLength(16)
  })

  it('lists a range page by page, ascending, from after an entry that need not be there', () => {
    const posts = Array.from({ length: 300 }, (_, at) => ({ stamp: NOW + (at % 3 === 0 ? 0 : at), id: randomBytes(32) }))
    bed.put(1, posts)
    const tree = createTree(bed.db)
    tree.add(1, posts)
    for (const prefix of ['', keyOf({ stamp: NOW, id: randomBytes(32) }).slice(0, 12), 'f']) {
      const got: Entry[] = []
      for (;;) {
        const page = tree.entries(1, prefix, got.at(-1), 7)
        if (page.length === 0) break
        got.push(...page)
      }
      expect(got.map(keyOf)).toEqual(posts.map(keyOf).filter((key) => key.startsWith(prefix)).sort())
    }
    expect(tree.entries(1, '', { stamp: NOW + 1, id: new Uint8Array(32) }, 1)[0]?.stamp).toBe(NOW + 1)
    expect(tree.entries(1, keyOf({ stamp: NOW, id: randomBytes(32) }).slice(0, 12), { stamp: 0, id: new Uint8Array(32) }, 1)[0]?.stamp).toBe(NOW)
    expect(tree.entries(1, '', { stamp: LAST_STAMP, id: new Uint8Array(32).fill(255) }, 1)).toEqual([])
  })

  it('keeps topics apart, and forgets one whole', () => {
    const posts = Array.from({ length: 200 }, (_, at) => ({ stamp: NOW + at * 1_000, id: randomBytes(32) }))
    const tree = createTree(bed.db)
    for (const topic of [1, 2]) {
      bed.put(topic, posts)
      tree.add(topic, posts)
    }
    bed.take(1, posts)
    tree.clear(1)
    expect(tree.ranges(1, ['', '0'])).toEqual([])
    check(posts, [''], 2)
    bed.put(1, posts.slice(0, 3))
    tree.add(1, posts.slice(0, 3))
    check(posts.slice(0, 3), [''], 1)
  })

  it('keeps no node of a topic whose posts all went, and takes no range for one that is none', () => {
    const posts = Array.from({ length: 500 }, (_, at) => ({ stamp: NOW + at ** 3, id: randomBytes(32) }))
    bed.put(1, posts)
    const tree = createTree(bed.db)
    tree.add(1, posts)
    expect(tree.ranges(1, ['g', 'A', ' ', '0'.repeat(77), 'constructor'])).toEqual([])
    expect(tree.entries(1, '%', undefined, 5)).toEqual([])
    for (let at = 0; at < 500; at += 100) {
      bed.take(1, posts.slice(at, at + 100))
      tree.remove(1, posts.slice(at, at + 100))
    }
    expect(bed.db.prepare('select count(*) as nodes from tree_node').get([])).toEqual({ nodes: 0 })
  })
})
