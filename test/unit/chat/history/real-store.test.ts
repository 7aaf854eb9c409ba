import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { askSession, type Asked } from '../../../../main/chat/history/initiator.ts'
import { answerSession } from '../../../../main/chat/history/responder.ts'
import { decodeRequest } from '../../../../main/chat/history/codec.ts'
import { Coming } from '../../../../main/chat/history/coming.ts'
import { Evidence } from '../../../../main/chat/history/evidence.ts'
import { Line } from '../../../../main/chat/history/line.ts'
import { Unwanted } from '../../../../main/chat/history/unwanted.ts'
import type { HistoryDeps } from '../../../../main/chat/history/types.ts'
import type { NewPost, Store } from '../../../../main/store/types.ts'
import { openTestStore, type TestStore } from '../../../support/store.ts'
import { channelPair } from '../../support/channel-pair.ts'
import { payloadOf } from '../../support/plain-history.ts'

const TOPIC = '/natter/1/test'
const BEGIN = Date.UTC(2026, 10, 1)

const opened: TestStore[] = []
afterEach(async () => { await Promise.all(opened.splice(0).map(async ({ remove }) => remove())) })

function postOf (payload: Uint8Array, own = false): NewPost {
  const [topic, stamp, text] = JSON.parse(new TextDecoder().decode(payload)) as [string, number, string]
  const id = createHash('sha256').update(payload).digest('base64url')
  return { post: { id, topic, author: 'somebody', authorName: 'Somebody', time: stamp, text, own, ...(own ? { delivery: { kind: 'queued' } as const } : {}) }, at: stamp, stamp, payload }
}

async function storeOf (payloads: readonly Uint8Array[], own = false): Promise<Store> {
  const test = await openTestStore({ local: true })
  opened.push(test)
  await test.store.append(payloads.map((payload) => postOf(payload, own)))
  return test.store
}

const takerOf = (store: Store): HistoryDeps['take'] => async (_topic, payloads) =>
  (await store.append(payloads.map((payload) => postOf(payload)))).posts.map((post) => post === undefined ? 'known' : 'kept')

async function session (a: Store, b: Store, onHeld?: HistoryDeps['onHeld']): Promise<Asked> {
  const { ends: [left, right] } = channelPair('a', 'b', { deadline: 5_000 })
  const lines = [new Line(left), new Line(right)] as const
  const deps = { floor: () => 0, isHub: () => false, onGot: () => {}, unwanted: new Unwanted(), coming: new Coming(), isUnwanted: () => false, onUnwanted: () => {} }
  const answer = async (): Promise<void> => {
    const hello = decodeRequest(await lines[1].expect())
    if (hello.case === 'hello') await answerSession(lines[1], hello.value, { ...deps, store: b, take: takerOf(b), evidence: new Evidence({ store: b, isHub: () => false }, 'a', TOPIC, {}) })
  }
  try {
    const held = onHeld === undefined ? {} : { onHeld }
    const [asked] = await Promise.all([askSession(lines[0], TOPIC, { ...deps, store: a, take: takerOf(a), evidence: new Evidence({ store: a, isHub: () => false, ...held }, 'b', TOPIC, {}) }), answer()])
    return asked
  } finally {
    for (const line of lines) line.release()
  }
}

async function ids (store: Store): Promise<string[]> {
  return (await store.entries(TOPIC, '', undefined, 10_000)).map(({ id }) => Buffer.from(id).toString('hex'))
}

it('two real stores with any posts become the same', async () => {
  const stamp = fc.oneof(fc.integer({ min: BEGIN, max: BEGIN + 31_536_000_000 }), fc.integer({ min: BEGIN, max: BEGIN + 20 }))
  const posts = fc.array(fc.record({ stamp, has: fc.integer({ min: 1, max: 3 }) }), { minLength: 0, maxLength: 250, size: 'max' })
  await fc.assert(fc.asyncProperty(posts, async (all) => {
    const payloads = all.map(({ stamp, has }, at) => ({ payload: payloadOf(TOPIC, stamp, String(at)), has }))
    const [a, b] = await Promise.all([1, 2].map(async (bit) => storeOf(payloads.filter(({ has }) => (has & bit) !== 0).map(({ payload }) => payload)))) as [Store, Store]
    expect(await session(a, b)).toMatchObject({ complete: true, isSame: true })
    const has = await ids(a)
    expect(has).toHaveLength(all.length)
    expect(await ids(b)).toEqual(has)
  }), { numRuns: 25, interruptAfterTimeLimit: 8_000, endOnFailure: true })
})

it('3,000 posts of one millisecond on each side, half of them the same', async () => {
  const payloads = Array.from({ length: 4_500 }, (_, at) => payloadOf(TOPIC, BEGIN, String(at)))
  const [a, b] = await Promise.all([storeOf(payloads.slice(0, 3_000)), storeOf(payloads.slice(1_500))])
  expect(await session(a, b)).toMatchObject({ complete: true, isSame: true, got: 1_500, gave: 1_500 })
  expect(await ids(a)).toEqual(await ids(b))
})

it('own posts count as held by whom the session showed to have them', async () => {
  const payloads = Array.from({ length: 40 }, (_, at) => payloadOf(TOPIC, BEGIN + at * 1_000, String(at)))
  const [a, b] = await Promise.all([storeOf(payloads, true), storeOf([])])
  const held: string[] = []
  await session(a, b, (posts) => { held.push(...posts.map(({ text, delivery }) => `${text} ${delivery?.kind ?? ''}`)) })
  expect(held.sort()).toEqual(payloads.map((_, at) => `${String(at)} held`).sort())
})

it('posts that one deleted to save space are neither asked for nor taken again, and two that may take different amounts come to rest', async () => {
  const payloads = Array.from({ length: 600 }, (_, at) => payloadOf(TOPIC, BEGIN + at * 60_000, `${String(at)} ${'.'.repeat(1_000)}`))
  const small = await storeOf([])
  await small.append(payloads.map((payload, at) => ({ ...postOf(payload), stranger: at % 3 === 0 })))
  const big = await storeOf(payloads)
  await small.setTopic(TOPIC, { maxBytes: 1_500_000 })
  while ((await small.trim()).more);
  const kept = await ids(small)
  expect(kept.length).toBeLessThan(600)
  expect(small.topic(TOPIC).gone).toBe(600 - kept.length)
  expect(await session(small, big)).toMatchObject({ complete: true, got: 0, gave: 0, isVain: false })
  expect(await session(big, small)).toMatchObject({ complete: true, got: 0, gave: 0 })
  expect(await ids(small)).toEqual(kept)
  expect(await ids(big)).toHaveLength(600)
  // Something new still comes, both ways.
  await big.append([postOf(payloadOf(TOPIC, BEGIN + 601 * 60_000, 'new'))])
  await small.append([postOf(payloadOf(TOPIC, BEGIN + 300 * 60_000 + 1, 'late'))])
  expect(await session(small, big)).toMatchObject({ complete: true, got: 1, gave: 1 })
})
