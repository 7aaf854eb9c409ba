import { afterEach, expect, it } from 'vitest'
import { decodeRequest, encodeAnswer, encodeRequest, toBytes } from '../../../../main/chat/history/codec.ts'
import { packViews } from '../../../../main/chat/history/views.ts'
import type { Channel } from '../../../../main/node/types.ts'
import { until } from '../../../net/support/until.ts'
import { HistoryNet } from '../../support/history-net.ts'
import { payloadOf } from '../../support/plain-history.ts'

const TOPIC = '/natter/1/one'
const BEGIN = Date.UTC(2026, 10, 1)
const options = { times: { gather: 5, giveWay: 50, gap: 5, gossip: 20, goOn: 5, renewed: 30, retry: 10, retryMost: 40, alone: 100, aloneMost: 10_000 } }

let net = new HistoryNet()
afterEach(async () => {
  await net.close()
  net = new HistoryNet()
})

/** A peer that answers each request by hand. */
async function byHand (id: string, answer: (request: Uint8Array, channel: Channel) => Promise<void>): Promise<void> {
  await net.channels(id).serve('history', async (channel) => {
    for (let message = await channel.receive(); message !== undefined; message = await channel.receive()) await answer(message, channel)
  })
}

it('whoever answers with rubbish is shut out', async () => {
  await byHand('z', async (_request, channel) => channel.send(Uint8Array.of(255)))
  await net.peer('a', { topics: [TOPIC], options })
  net.connect('a', 'z')
  await until(() => net.shutOut.includes('a z'), 2_000, 'a shuts z out')
})

it('whoever asks with rubbish is shut out', async () => {
  await net.peer('b', { topics: [TOPIC], options })
  net.connect('a', 'b')
  const channel = await net.channels('a').open('history', 'b')
  await channel.send(encodeRequest({ case: 'done', value: {} }))
  await until(() => net.shutOut.includes('b a'), 2_000, 'b shuts a out')
})

it('whoever says that all differs when nothing does is asked ever less often', async () => {
  let sessions = 0
  await byHand('z', async (request, channel) => {
    const body = decodeRequest(request)
    const print = toBytes('liarliar')
    if (body.case === 'hello') {
      sessions += 1
      await channel.send(encodeAnswer({ case: 'welcome', value: { fingerprint: print, view: packViews([{ prefix: '', list: false }], [{ kind: 'none' }]) } }))
    }
    if (body.case === 'done') await channel.send(encodeAnswer({ case: 'done', value: { fingerprint: print } }))
  })
  const a = await net.peer('a', { topics: [TOPIC], options })
  net.connect('a', 'z')
  const begin = performance.now()
  while (performance.now() - begin < 1_000) {
    a.history.look([TOPIC])
    await new Promise((resolve) => { setTimeout(resolve, 10) })
  }
  expect(sessions).toBeGreaterThan(1)
  // After two: 100, 200, 400, 800 ms.
  expect(sessions).toBeLessThan(8)
  expect(net.shutOut).toEqual([])
})

it('whoever is busy for ever is asked ever less often, and others are served meanwhile', async () => {
  let asked = 0
  await byHand('y', async (_request, channel) => {
    asked += 1
    await channel.send(encodeAnswer({ case: 'end', value: { reason: 'busy' } }))
  })
  const { store } = await net.peer('z', { topics: [TOPIC], options })
  store.add(TOPIC, payloadOf(TOPIC, BEGIN, '1'))
  const a = await net.peer('a', { topics: [TOPIC], options })
  net.connect('a', 'y')
  net.connect('a', 'z')
  await until(() => a.store.keys(TOPIC).length === 1, 2_000, 'a has the post of z')
  await until(() => asked > 3, 2_000, 'y is asked again')
  expect(net.shutOut).toEqual([])
})

it('whoever never answers does not keep others waiting', async () => {
  await byHand('y', async () => new Promise(() => {}))
  const { store } = await net.peer('z', { topics: [TOPIC, '/natter/1/two'], options })
  store.add('/natter/1/two', payloadOf('/natter/1/two', BEGIN, '1'))
  const a = await net.peer('a', { topics: [TOPIC, '/natter/1/two'], options })
  net.connect('a', 'y')
  net.connect('a', 'z')
  await until(() => a.store.keys('/natter/1/two').length === 1, 3_000, 'a has the post of z')
})

it('a topic that we are not on is refused in words, and no peer is harmed', async () => {
  await net.peer('b', { topics: [], options })
  const a = await net.peer('a', { topics: [TOPIC], options })
  net.connect('a', 'b')
  await expect(a.history.sync('b', TOPIC)).rejects.toMatchObject({ code: 'ERR_REFUSED', reason: 'not-on-topic' })
  await expect(a.history.sync('nobody', TOPIC)).rejects.toMatchObject({ code: 'ERR_GONE' })
  expect(net.shutOut).toEqual([])
})

it('seventeen that come at once are all served, though sixteen at a time', async () => {
  const { store } = await net.peer('a', { topics: [TOPIC], options: { ...options, answerOnly: true } })
  for (let at = 0; at < 200; at++) store.add(TOPIC, payloadOf(TOPIC, BEGIN + at, String(at)))
  const clients = await Promise.all(Array.from({ length: 17 }, async (_, at) => net.peer(`c${String(at)}`, { topics: [TOPIC], options })))
  clients.forEach((_, at) => net.connect('a', `c${String(at)}`))
  await until(() => clients.every((client) => client.store.keys(TOPIC).length === 200), 5_000, 'all have all')
})
