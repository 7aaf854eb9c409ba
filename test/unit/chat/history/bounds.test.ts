import { randomBytes } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { encodeRequest, decodeAnswer, toBytes } from '../../../../main/chat/history/codec.ts'
import { packAsked } from '../../../../main/chat/history/keys.ts'
import { MAX_ANSWERING, MAX_EXCHANGE, MAX_LIST, MAX_SEARCHED } from '../../../../main/chat/history/limits.ts'
import { HistoryNet } from '../../support/history-net.ts'
import { payloadOf } from '../../support/plain-history.ts'
import { answers, peerOf, TOPIC } from '../../support/history-sessions.ts'
import { channelPair } from '../../support/channel-pair.ts'

const BEGIN = Date.UTC(2026, 10, 1)
const net = new HistoryNet()
afterEach(async () => net.close())

it('peers that open channels and say nothing do not keep others out', async () => {
  const { store } = await net.peer('hub', { topics: [TOPIC], options: { answerOnly: true } })
  store.add(TOPIC, payloadOf(TOPIC, BEGIN, 'one'))
  for (let at = 0; at <= MAX_ANSWERING; at++) {
    net.connect(`silent ${String(at)}`, 'hub')
    await net.channels(`silent ${String(at)}`).open('history', 'hub')
  }
  const { history } = await net.peer('a', { topics: [TOPIC], deps: { isHub: () => true } })
  net.connect('a', 'hub')
  expect(await history.sync('hub', TOPIC)).toMatchObject({ complete: true, got: 1 })
})

it('a request for single posts of very many long lists costs no more than a few lists', async () => {
  const hub = peerOf('hub', Array.from({ length: 900 }, (_, at) => payloadOf(TOPIC, BEGIN + at, String(at))))
  let read = 0
  const entries = hub.store.entries.bind(hub.store)
  hub.store.entries = async (...args) => {
    const found = await entries(...args)
    read += found.length
    return found
  }
  const { ends: [ours, theirs] } = channelPair('x', 'hub')
  const done = answers(hub, theirs).catch(() => {})
  const ask = async (body: Parameters<typeof encodeRequest>[0]): Promise<ReturnType<typeof decodeAnswer>> => {
    await ours.send(encodeRequest(body))
    return decodeAnswer(await ours.receive() ?? new Uint8Array())
  }
  await ask({ case: 'hello', value: { version: 1, topic: TOPIC, salt: randomBytes(16), floor: 0n } })
  const group = { prefix: packAsked([{ prefix: '', list: true }]), shorts: toBytes('notthere') }
  const answer = await ask({ case: 'exchange', value: { groups: Array.from({ length: MAX_EXCHANGE }, () => group), offer: new Uint8Array(), maxBytes: 100_000 } })
  expect(answer).toMatchObject({ case: 'given', value: { skipped: expect.any(Number) as number } })
  expect(read).toBeGreaterThan(0)
  expect(read).toBeLessThanOrEqual(MAX_SEARCHED + MAX_LIST)
  await ours.close()
  await done
})
