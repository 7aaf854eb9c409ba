import { afterEach, describe, expect, it } from 'vitest'
import { noteResume } from '../../../../main/node/wake.ts'
import { pause, until } from '../../../net/support/until.ts'
import { HistoryNet } from '../../support/history-net.ts'
import { payloadOf, PlainHistory, takerOf } from '../../support/plain-history.ts'

const [ONE, TWO] = ['/natter/1/one', '/natter/1/two'] as const
const BEGIN = Date.UTC(2026, 10, 1)
const FAST = { gather: 5, giveWay: 60, gap: 20, gossip: 20, goOn: 5, renewed: 30, retry: 20, retryMost: 100, alone: 200, aloneMost: 400, storePause: 50 }
const options = { times: FAST }

let net = new HistoryNet()
afterEach(async () => {
  await net.close()
  net = new HistoryNet()
})

function storeOf (topic: string, ...texts: readonly string[]): PlainHistory {
  const store = new PlainHistory()
  texts.forEach((text, at) => store.add(topic, payloadOf(topic, BEGIN + at, text)))
  return store
}

const count = (store: PlainHistory, topic: string = ONE): number => store.keys(topic).length

describe('two peers that meet', () => {
  it('catch up on every topic that they share, over one channel that the smaller peer id opens', async () => {
    const a = await net.peer('a', { topics: [ONE, TWO], store: storeOf(ONE, '1', '2'), options })
    const b = await net.peer('b', { topics: [ONE, TWO], store: storeOf(TWO, '3'), options })
    net.connect('a', 'b')
    await until(() => count(b.store) === 2 && count(a.store, TWO) === 1, 2_000, 'both topics are the same')
    await new Promise((resolve) => { setTimeout(resolve, 3 * FAST.giveWay) })
    expect(net.opened).toEqual(['a b'])
    expect(a.store.held).toContainEqual({ topic: ONE, peerId: 'b', ids: 'all' })
    expect(b.store.held).toContainEqual({ topic: TWO, peerId: 'a', ids: 'all' })
  })

  it('catch up where the one that should begin does not', async () => {
    const a = await net.peer('a', { topics: [ONE], store: storeOf(ONE, '1'), options: { ...options, answerOnly: true } })
    const b = await net.peer('b', { topics: [ONE], options })
    net.connect('a', 'b')
    await until(() => count(b.store) === count(a.store), 2_000, 'b has the post')
    expect(net.opened).toEqual(['b a'])
  })

  it('catch up again after a reconnect', async () => {
    const a = await net.peer('a', { topics: [ONE], options })
    const b = await net.peer('b', { topics: [ONE], options })
    net.connect('a', 'b')
    await until(() => [a, b].every(({ store }) => store.held.length === 1), 2_000, 'they compared')
    net.part('a', 'b')
    a.store.add(ONE, payloadOf(ONE, BEGIN, 'meanwhile'))
    net.connect('a', 'b')
    await until(() => count(b.store) === 1, 2_000, 'b has the post')
  })

  it('catch up when the chat says that they share a topic now', async () => {
    const shared: string[] = []
    const a = await net.peer('a', { topics: [ONE], store: storeOf(ONE, '1'), deps: { sharedWith: () => shared }, options })
    const b = await net.peer('b', { topics: [ONE], deps: { sharedWith: () => shared }, options })
    net.connect('a', 'b')
    shared.push(ONE)
    a.history.look([ONE, TWO])
    await until(() => count(b.store) === 1, 2_000, 'b has the post')
  })

  it('find at rest what neither was told of', async () => {
    const a = await net.peer('a', { topics: [ONE], options: { times: { ...FAST, rest: 100 } } })
    const b = await net.peer('b', { topics: [ONE], options })
    net.connect('a', 'b')
    await until(() => [a, b].every(({ store }) => store.held.length === 1), 2_000, 'they compared')
    b.store.add(ONE, payloadOf(ONE, BEGIN, 'quietly'))
    await until(() => count(a.store) === 1, 2_000, 'a has the post')
  })

  it('find when the computer woke what neither was told of, and do not compare without end', async () => {
    const a = await net.peer('a', { topics: [ONE], options })
    const b = await net.peer('b', { topics: [ONE], options })
    net.connect('a', 'b')
    await until(() => [a, b].every(({ store }) => store.held.length === 1), 2_000, 'they compared')
    b.store.add(ONE, payloadOf(ONE, BEGIN, 'while a slept'))
    await pause(5 * FAST.gap)
    expect(count(a.store)).toBe(0)
    for (let wake = 0; wake < 50; wake++) noteResume()
    await until(() => count(a.store) === 1, 2_000, 'a has the post')
    await pause(5 * FAST.gap)
    expect(net.opened.length).toBeLessThanOrEqual(4)
  })

  it('both begin at once, and still nothing comes twice', async () => {
    let repeats = 0
    const counting = (store: PlainHistory): ReturnType<typeof takerOf> => async (topic, payloads, from) => {
      const verdicts = await takerOf(store)(topic, payloads, from)
      repeats += verdicts.filter((verdict) => verdict === 'known').length
      return verdicts
    }
    const [left, right] = [new PlainHistory(), new PlainHistory()]
    for (let at = 0; at < 500; at++) (at % 2 === 0 ? left : right).add(ONE, payloadOf(ONE, BEGIN + at * 1_000, String(at)))
    const a = await net.peer('a', { topics: [ONE], store: left, deps: { take: counting(left) }, options })
    const b = await net.peer('b', { topics: [ONE], store: right, deps: { take: counting(right) }, options })
    net.connect('a', 'b')
    await Promise.allSettled([a.history.sync('b', ONE), b.history.sync('a', ONE)])
    await until(() => count(left) === 500 && count(right) === 500, 3_000, 'both have all')
    expect(repeats).toBe(0)
  })
})

it('news travels on to those who are not connected to where it came from', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  const stores = await Promise.all(ids.map(async (id) => (await net.peer(id, { topics: [ONE], options })).store))
  for (const [at, id] of ids.slice(1).entries()) net.connect(ids[at] ?? '', id)
  await until(() => net.opened.length >= 4, 2_000, 'neighbours compared')
  net.part('a', 'b')
  stores[0]?.add(ONE, payloadOf(ONE, BEGIN, 'news'))
  net.connect('a', 'b')
  await until(() => stores.every((store) => count(store) === 1), 4_000, 'all have the post')
})

it('two that never meet get each other\'s posts from a hub that only answers', async () => {
  const isHub = (peerId: string): boolean => peerId === 'hub'
  const hub = await net.peer('hub', { topics: [ONE], options: { ...options, answerOnly: true } })
  const a = await net.peer('a', { topics: [ONE], store: storeOf(ONE, 'from a'), deps: { isHub }, options })
  const z = await net.peer('z', { topics: [ONE], store: storeOf(ONE, 'from z'), deps: { isHub }, options })
  for (const id of ['a', 'z', 'a']) {
    net.connect(id, 'hub')
    await until(() => count(hub.store) === (id === 'z' || count(a.store) === 2 ? 2 : 1), 2_000, 'the hub has it')
    await until(() => count(id === 'a' ? a.store : z.store) === count(hub.store), 2_000, 'so has the client')
    net.part(id, 'hub')
  }
  expect([a.store, z.store, hub.store].map((store) => count(store))).toEqual([2, 2, 2])
})

it('a circuit with few bytes is used in pieces, and its successor goes on', async () => {
  const store = new PlainHistory()
  for (let at = 0; at < 600; at++) store.add(ONE, payloadOf(ONE, BEGIN + at * 60_000, 'x'.repeat(200) + String(at)))
  await net.peer('a', { topics: [ONE], store, options })
  const b = await net.peer('b', { topics: [ONE], options })
  const seen: number[] = []
  for (let circuit = 0; circuit < 12 && count(b.store) < 600; circuit++) {
    const passed = net.connect('a', 'b', { limited: true, bytes: 65_536 })
    const before = count(b.store)
    await until(() => count(b.store) > before, 2_000, 'some came')
    await new Promise((resolve) => { setTimeout(resolve, 150) })
    seen.push(count(b.store))
    expect(passed.bytes).toBeLessThan(65_536 - 8_192)
    net.part('a', 'b')
  }
  expect(count(b.store)).toBe(600)
  expect(seen.length).toBeGreaterThan(2)
  expect(net.shutOut).toEqual([])
})

it('a store that fails ends sessions in quiet, and they go on when it is well again', async () => {
  const store = storeOf(ONE, '1', '2')
  const a = await net.peer('a', { topics: [ONE], options })
  let isBroken = true
  store.onCall = () => {
    if (isBroken) throw new Error('disk full')
  }
  await net.peer('b', { topics: [ONE], store, options })
  net.connect('a', 'b')
  await until(() => net.opened.length > 2, 3_000, 'it is tried again')
  expect(net.shutOut).toEqual([])
  isBroken = false
  await until(() => count(a.store) === 2, 3_000, 'a has the posts')
})

it('says while posts come how many came, and when none comes any more', async () => {
  const store = new PlainHistory()
  for (let at = 0; at < 2_500; at++) store.add(ONE, payloadOf(ONE, BEGIN + at * 1_000, String(at)))
  const progress: (number | undefined)[] = []
  await net.peer('a', { topics: [ONE], store, options })
  await net.peer('b', { topics: [ONE], deps: { onProgress: (_topic, posts) => { progress.push(posts) } }, options })
  net.connect('a', 'b')
  await until(() => progress.includes(undefined), 5_000, 'it is over')
  expect(progress.slice(0, -1)).toEqual([...progress.slice(0, -1)].sort((one, other) => Number(one) - Number(other)))
  expect(progress.slice(-2)).toEqual([2_500, undefined])
})

it('ends what runs when it is closed', async () => {
  const a = await net.peer('a', { topics: [ONE], deps: { take: async () => new Promise(() => {}) }, options })
  await net.peer('b', { topics: [ONE], store: storeOf(ONE, '1'), options })
  net.connect('a', 'b')
  const outcome = a.history.sync('b', ONE)
  outcome.catch(() => {})
  await until(() => net.opened.length === 1, 2_000, 'they are at it')
  await expect(Promise.race([outcome, a.history.close()])).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  await expect(a.history.sync('b', ONE)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
})
