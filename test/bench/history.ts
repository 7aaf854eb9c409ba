import { createRequire } from 'node:module'
import { join } from 'node:path'
import { openCore, type Core } from '../../main/store/worker/core.ts'
import { BIG_TOPIC, createHistory, SMALL_TOPIC } from './posts.ts'
import { QUERIES } from './queries.ts'
import { createRandom } from './random.ts'

/** What was measured at one size; milliseconds, `insertUs` microseconds a post. */
export interface HistoryRow {
  readonly posts: number
  /** Opening the database, and the newest page of the topic that has most posts. */
  readonly openP95Ms: number
  /** A page of 100 posts at a random place. */
  readonly pageP95Ms: number
  /** Over the mix of `queries.ts`, the newest 50 each, with the posts around them. */
  readonly searchP95Ms: number
  /** Mean over batches of {@link BATCH}, since the size before. */
  readonly insertUs: number
  readonly transactionP95Ms: number
  /** All topics' unread counts. */
  readonly unreadMs: number
}

const BATCH = 1_000
const PAGE = 100
const FOUND = 50
const SEED = 20_260_101

/** How often each figure is taken. */
const TIMES = { open: 40, page: 400, unread: 100, search: 8 } as const

const load = createRequire(import.meta.url)

/**
 * Measures one history as it grows: the store's core as the product runs it,
 * encrypted, with the search index and the reconciliation tree.
 *
 * @param sizes posts at which to measure, ascending; multiples of {@link BATCH}
 * @param folder an empty one; the caller deletes it
 * @param say told what is under way
 */
export function measureHistory (sizes: readonly number[], folder: string, say: (line: string) => void): readonly HistoryRow[] {
  const module: unknown = load('better-sqlite3-multiple-ciphers')
  const path = join(folder, 'history.db')
  const open = (): Core => openCore({ path, key: new Uint8Array(32).fill(7), module })
  const more = createHistory(SEED)
  let have = 0

  return sizes.map((posts) => {
    say(`${posts.toLocaleString('en')} posts: writing…`)
    const writing = write(open(), posts - have, more)
    have = posts
    say(`${posts.toLocaleString('en')} posts: reading…`)
    const openMs = repeat(TIMES.open, () => {
      const began = performance.now()
      const core = open()
      core.calls.list(BIG_TOPIC, { kind: 'newest' }, PAGE)
      const took = performance.now() - began
      core.close()
      return took
    })
    const core = open()
    try {
      return { posts, openP95Ms: p95(openMs), ...read(core), ...writing }
    } finally {
      core.close()
    }
  })
}

function write (core: Core, count: number, more: (count: number) => ReturnType<ReturnType<typeof createHistory>>): Pick<HistoryRow, 'insertUs' | 'transactionP95Ms'> {
  try {
    const took = repeat(count / BATCH, () => {
      const posts = more(BATCH)
      return time(() => core.calls.append(posts))
    })
    return { insertUs: took.reduce((sum, one) => sum + one, 0) / count * 1_000, transactionP95Ms: p95(took) }
  } finally {
    core.close()
  }
}

function read (core: Core): Pick<HistoryRow, 'pageP95Ms' | 'searchP95Ms' | 'unreadMs'> {
  const random = createRandom(SEED)
  const first = core.calls.read(BIG_TOPIC, undefined, 1)[0]?.post.order ?? 0
  const last = core.calls.list(BIG_TOPIC, { kind: 'newest' }, 1).posts[0]?.order ?? 0
  const somewhere = (): number => Math.floor(first + random() * (last - first))
  const topics = { big: BIG_TOPIC, small: SMALL_TOPIC }

  const page = repeat(TIMES.page, () => {
    const order = somewhere()
    return time(() => core.calls.list(BIG_TOPIC, { kind: 'before', order }, PAGE))
  })
  const search = repeat(TIMES.search, () => QUERIES.map(({ query, topic, isDeep }) => {
    const before = isDeep === true ? (first + last) / 2 : undefined
    const options = { limit: FOUND, topic: topic === undefined ? undefined : topics[topic], before: before === undefined ? undefined : Math.floor(before) }
    const took = time(() => core.calls.search(query, options))
    if (process.env['NATTER_BENCH_QUERIES'] !== undefined) console.log(took.toFixed(2).padStart(8), query, topic ?? '', isDeep ?? '')
    return took
  })).flat()
  const unread = repeat(TIMES.unread, () => time(() => core.topics().map(([, state]) => state?.unread)))
  return { pageP95Ms: p95(page), searchP95Ms: p95(search), unreadMs: p95(unread) }
}

function time (work: () => unknown): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

function repeat<T> (times: number, work: () => T): T[] {
  return Array.from({ length: times }, work)
}

/** The value that 95 of 100 are not above. */
function p95 (values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? 0
}
