import { afterEach, describe, expect, it } from 'vitest'
import { carriesPubsub } from '../../main/node/pubsub/router.ts'
import { connect, crosses, crossesAtLast, dialThrough, meet, post, PROTOCOLS, reserve, TestNet, texts } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Milliseconds in which a new connection has told routers of itself for the first and last time. */
const IDENTIFIED = 300

const PAIRS = [...PROTOCOLS.map((protocol) => [protocol, protocol] as const), ['gossipsub', 'floodsub'] as const]

// Without Reattach both routers stay silent from the moment the first connection closes.
describe.each(PAIRS)('%s and %s, after the connection between them is replaced', (one, other) => {
  it('talk on within 3 s, whoever opened it', async () => {
    const [a, b] = await Promise.all([net.node({ protocol: one }), net.node({ protocol: other })])
    const first = await connect(a, b)
    await crosses(a, [b], 'before')
    const second = await b.libp2p.dial(a.address, { force: true })
    await pause(IDENTIFIED)
    await first.close()
    await Promise.all([crossesAtLast(a, b, 'a after', 3_000), crossesAtLast(b, a, 'b after', 3_000)])

    const third = await b.libp2p.dial(a.address, { force: true })
    await pause(IDENTIFIED)
    second.abort(new Error('cut'))
    await Promise.all([crossesAtLast(a, b, 'a again', 3_000), crossesAtLast(b, a, 'b again', 3_000)])
    expect(third.status).toBe('open')
    await crosses(a, [b], 'a at the end')
    await crosses(b, [a], 'b at the end')
  })

  it('talk on when a circuit gives way to another, and then to a direct connection', async () => {
    const [relay, a, b] = await Promise.all([net.plainRelay(), net.node({ protocol: one }), net.node({ protocol: other })])
    await reserve(a, relay)
    const first = await dialThrough(b, relay, a)
    await meet(a, b)
    const second = await b.libp2p.dial(first.remoteAddr, { force: true })
    expect(second.id).not.toBe(first.id)
    await pause(IDENTIFIED)
    await first.close()
    await Promise.all([crossesAtLast(a, b, 'a after', 3_000), crossesAtLast(b, a, 'b after', 3_000)])

    await a.libp2p.dial(b.address, { force: true })
    await pause(IDENTIFIED)
    await second.close()
    await Promise.all([crossesAtLast(a, b, 'a direct', 3_000), crossesAtLast(b, a, 'b direct', 3_000)])
  })
})

// Without the change-over posts go into the stream whose connection is closing: they count as sent, and are lost.
it.each(PROTOCOLS)('%s loses no post that counted as sent while a circuit gives way to another', async (protocol) => {
  const [relay, a, b] = await Promise.all([net.plainRelay({ reservations: { applyDefaultLimit: false } }), net.node({ protocol }), net.node({ protocol })])
  await reserve(a, relay)
  let current = await dialThrough(b, relay, a)
  await meet(a, b)
  const sent = new Map([[a, [] as string[]], [b, [] as string[]]])
  let count = 0
  const postBoth = (): void => {
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const text = `post ${count++}`
      void post(from, text).then((recipients) => { if (recipients.includes(to.id)) sent.get(from)?.push(text) })
    }
  }
  const timer = setInterval(postBoth, 5)
  net.atEnd(() => { clearInterval(timer) })
  for (let round = 0; round < 4; round++) {
    const next = await b.libp2p.dial(current.remoteAddr, { force: true })
    // As the renewal of circuits does: the old one closes when both ends have left it.
    const old = current
    await until(() => !carriesPubsub(old), 5_000, 'both ends to take pubsub off the old circuit')
    const closed = current.close()
    for (let index = 0; index < 10; index++) {
      postBoth()
      await pause(1)
    }
    await closed
    current = next
    await meet(a, b)
  }
  clearInterval(timer)
  for (const [from, to] of [[a, b], [b, a]] as const) {
    expect(sent.get(from)?.length).toBeGreaterThan(50)
    const lost = (): string[] | undefined => sent.get(from)?.filter((text) => !texts(to).includes(text))
    await until(() => lost()?.length === 0, 2_000, () => `lost: ${lost()?.join() ?? ''} of ${sent.get(from)?.length ?? 0}`)
  }
})

// How long Reattach takes by an event or by its look every 2 s is not told apart here. The gap is short: what a slow machine adds comes on top of 50 ms and one identify.
it.each(PROTOCOLS)('%s is silent for no more than 1.5 s', async (protocol) => {
  const [a, b] = await Promise.all([net.node({ protocol }), net.node({ protocol })])
  const first = await connect(a, b)
  await b.libp2p.dial(a.address, { force: true })
  await pause(IDENTIFIED)
  await first.close()
  await Promise.all([crossesAtLast(a, b, 'a after', 1_500), crossesAtLast(b, a, 'b after', 1_500)])
})

it.each(PROTOCOLS)('%s names nobody as recipient once a peer is gone', async (protocol) => {
  const [a, b] = await Promise.all([net.node({ protocol }), net.node({ protocol })])
  await connect(a, b)
  await b.libp2p.stop()
  await until(() => a.pubsub.subscribers('/natter/1/test').length === 0, 2_000, 'the peer is off the topic')
  expect((await a.pubsub.publish('/natter/1/test', new Uint8Array(1))).recipients).toEqual([])
})
