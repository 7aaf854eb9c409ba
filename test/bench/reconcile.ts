import { createHash } from 'node:crypto'
import { copyFileSync, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { answerSession } from '../../main/chat/history/responder.ts'
import { askSession, type Asked } from '../../main/chat/history/initiator.ts'
import { decodeRequest } from '../../main/chat/history/codec.ts'
import { Coming } from '../../main/chat/history/coming.ts'
import { Evidence } from '../../main/chat/history/evidence.ts'
import { ANSWER_LIMITS } from '../../main/chat/history/limits.ts'
import { Line } from '../../main/chat/history/line.ts'
import type { HistoryDeps } from '../../main/chat/history/types.ts'
import { Unwanted } from '../../main/chat/history/unwanted.ts'
import { createStore } from '../../main/store/sqlite-store.ts'
import type { NewPost, Store } from '../../main/store/types.ts'
import { openCore } from '../../main/store/worker/core.ts'
import { channelPair } from '../unit/support/channel-pair.ts'
import { createRandom, randomBytes } from './random.ts'

/** What it cost two peers to find and move what one has and the other lacks. */
export interface ReconcileRow {
  /** In each history, about. */
  readonly posts: number
  /** Posts that one of the two lacked, half on each side, spread evenly over the history. */
  readonly differ: number
  /** Bytes of all messages both ways, with their lengths, payloads left out. */
  readonly bytesBeyondPosts: number
  readonly roundTrips: number
  /** From the first message to the last, posts kept on both sides; signatures are not checked, which costs 0.2 ms a post more. */
  readonly ms: number
}

const TOPIC = '/natter/1/bench'
const KEY = new Uint8Array(32).fill(7)
const START = Date.UTC(2026, 11, 1)
const YEAR = 31_536_000_000
/** Bytes of a payload: a signed envelope around a text of common length. */
const PAYLOAD_BYTES = 350
const BATCH = 1_000

const driverPath = createRequire(import.meta.url).resolve('better-sqlite3-multiple-ciphers')

/**
 * Measures one session between two histories of a year, each in a database of
 * its own, encrypted and in a worker as a desktop has it. The databases stay
 * in the folder and serve the next measurement of that size, which then finds
 * the posts of this one in both.
 *
 * @param folder the caller deletes it
 */
export async function measureReconcile ({ posts, differ, folder }: { readonly posts: number, readonly differ: number, readonly folder: string }): Promise<ReconcileRow> {
  const paths = ['a', 'b'].map((name) => join(folder, `reconcile-${String(posts)}-${name}.db`))
  const [pathA = '', pathB = ''] = paths
  if (!existsSync(pathA)) {
    build(pathA, posts)
    copyFileSync(pathA, pathB)
  }
  const stores = await Promise.all(paths.map(async (path) => createStore({ path, key: KEY, driverPath })))
  try {
    const [a, b] = stores as [Store, Store]
    const random = createRandom(posts + differ)
    for (let number = 0; number < differ; number += BATCH) {
      const fresh = Array.from({ length: Math.min(BATCH, differ - number) }, (_, at) => makePost(random, START + (number + at + random()) / differ * YEAR))
      await a.append(fresh.filter((_, at) => at % 2 === 0))
      await b.append(fresh.filter((_, at) => at % 2 === 1))
    }
    const began = performance.now()
    const sessions: Asked[] = []
    // A session that reaches one of its bounds is followed by another.
    do sessions.push(await meet(a, b))
    while (sessions.at(-1)?.complete === false)
    const ms = performance.now() - began
    const sum = (figure: (session: Asked) => number): number => sessions.reduce((total, session) => total + figure(session), 0)
    const moved = sum(({ got, gave }) => got + gave)
    if (sessions.at(-1)?.isSame !== true || moved !== differ) throw new Error(`the two moved ${String(moved)} posts instead of ${String(differ)}, or are not the same`)
    return { posts, differ, bytesBeyondPosts: sum((session) => session.bytesBeyondPosts), roundTrips: sum((session) => session.roundTrips), ms }
  } finally {
    await Promise.all(stores.map(async (store) => store.close()))
  }
}

async function meet (a: Store, b: Store): Promise<Asked> {
  const { ends: [left, right] } = channelPair('a', 'b', { deadline: 15_000 })
  const lines = [new Line(left), new Line(right, ANSWER_LIMITS)] as const
  const unwanted = new Unwanted()
  const common = { floor: () => 0, isHub: () => false, onGot: () => {} }
  const answer = async (): Promise<void> => {
    const hello = decodeRequest(await lines[1].expect())
    if (hello.case !== 'hello') throw new Error('no greeting')
    await answerSession(lines[1], hello.value, {
      ...common, store: b, take: takeInto(b), coming: new Coming(), isUnwanted: () => false, onUnwanted: () => {},
      evidence: new Evidence({ store: b, isHub: () => false }, 'a', TOPIC, {})
    })
  }
  try {
    const [asked] = await Promise.all([
      askSession(lines[0], TOPIC, { ...common, store: a, take: takeInto(a), unwanted, evidence: new Evidence({ store: a, isHub: () => false }, 'b', TOPIC, {}) }),
      answer()
    ])
    return asked
  } finally {
    for (const line of lines) line.release()
  }
}

function takeInto (store: Store): HistoryDeps['take'] {
  return async (_topic, payloads) => {
    const { posts } = await store.append(payloads.map(postOf))
    return posts.map((post) => post === undefined ? 'known' : 'kept')
  }
}

function build (path: string, count: number): void {
  const random = createRandom(count)
  const core = openCore({ path, key: KEY, module: createRequire(import.meta.url)(driverPath) as unknown })
  try {
    for (let number = 0; number < count; number += BATCH) {
      core.calls.append(Array.from({ length: Math.min(BATCH, count - number) }, (_, at) => makePost(random, START + (number + at + random()) / count * YEAR)))
    }
  } finally {
    core.close()
  }
}

function makePost (random: () => number, time: number): NewPost {
  const payload = randomBytes(random, PAYLOAD_BYTES)
  new DataView(payload.buffer).setFloat64(0, Math.floor(time))
  return postOf(payload)
}

/** The payload begins with the time, so that whoever gets it can tell it. */
function postOf (payload: Uint8Array): NewPost {
  const time = new DataView(payload.buffer, payload.byteOffset).getFloat64(0)
  const id = createHash('sha256').update(payload).digest('base64url')
  return { post: { id, topic: TOPIC, author: `author ${String(payload[8])}`, authorName: 'Somebody', time, text: `a few words ${id.slice(0, 6)}`, own: false }, at: time, stamp: time, payload }
}
