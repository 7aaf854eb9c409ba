import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPostNumbers } from '../../../main/desktop/post-numbers.ts'
import { numberBytes } from '../../../main/node/pubsub/number-bytes.ts'
import { SequenceNumbers, type NumberStore } from '../../../main/node/pubsub/sequence-numbers.ts'

const NOW = Date.UTC(2026, 10, 30, 12)

/** What is kept, as a file does; counts how often it is written. */
function keeps (first?: bigint): NumberStore & { kept: bigint | undefined, writes: number } {
  const store = {
    kept: first,
    writes: 0,
    load: async () => store.kept,
    save: async (upTo: bigint) => {
      store.writes++
      store.kept = upTo
    }
  }
  return store
}

const take = async (numbers: SequenceNumbers, count: number): Promise<bigint[]> => {
  const taken: bigint[] = []
  for (let index = 0; index < count; index++) taken.push(await numbers.next())
  return taken
}

describe('sequence numbers', () => {
  it('begin at the nanoseconds of the clock and rise by one, with one write', async () => {
    const store = keeps()
    const numbers = new SequenceNumbers(store, () => NOW)
    expect(await take(numbers, 3)).toEqual([0n, 1n, 2n].map((index) => BigInt(NOW) * 1_000_000n + index))
    expect(store.writes).toBe(1)
  })

  it('are each given once where many are asked for at the same time', async () => {
    const numbers = new SequenceNumbers(keeps(), () => NOW)
    const taken = await Promise.all(Array.from({ length: 100 }, async () => numbers.next()))
    expect(new Set(taken).size).toBe(100)
  })

  // By clock alone the second process repeats what the first one sent.
  it('are never repeated, however the clock is set between starts that end without a word', async () => {
    const clock = fc.integer({ min: -1, max: 4_102_444_800_000 * 2 })
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ clock, posts: fc.integer({ min: 0, max: 5 }) }), { minLength: 2, maxLength: 8 }), async (starts) => {
      const store = keeps()
      let last = 0n
      for (const { clock: now, posts } of starts) {
        for (const number of await take(new SequenceNumbers(store, () => now), posts)) {
          expect(number).toBeGreaterThan(last)
          expect(numberBytes(number)[0]).not.toBe(0)
          last = number
        }
      }
    }))
  })

  it('go on over many blocks, each written down before it is used', async () => {
    const store = keeps()
    const numbers = new SequenceNumbers(store, () => NOW)
    let [last, count] = [0n, 0]
    for (; count < 2_100_000; count++) {
      const number = await numbers.next()
      if (number <= last || number > (store.kept ?? 0n)) throw new Error(`${number} after ${last}, of ${store.kept}`)
      last = number
    }
    expect(store.writes).toBeLessThanOrEqual(4)
  })

  it('go on where nothing can be written or read, and where what is kept is damaged', async () => {
    const fails = async (): Promise<never> => { throw new Error('the disk is full') }
    const [first] = await take(new SequenceNumbers({ load: fails, save: fails }, () => NOW), 1)
    expect(first).toBe(BigInt(NOW) * 1_000_000n)
    expect(await take(new SequenceNumbers(keeps(2n ** 64n - 1n), () => NOW), 1)).toEqual([first])
  })
})

describe('the file of post numbers', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'natter-numbers-')) })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  it('keeps a number, readable by its owner only', async () => {
    const path = join(folder, 'post-numbers')
    const store = createPostNumbers(path)
    expect(await store.load()).toBeUndefined()
    await store.save(1_800_000_000_000_000_001n)
    expect(await createPostNumbers(path).load()).toBe(1_800_000_000_000_000_001n)
    expect(await readFile(path, 'utf8')).toBe('1800000000000000001\n')
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'x', '-5', '1e9', '12\n34', '9'.repeat(21)])('takes %j for none', async (text) => {
    const path = join(folder, 'post-numbers')
    await writeFile(path, text)
    expect(await createPostNumbers(path).load()).toBeUndefined()
  })
})
