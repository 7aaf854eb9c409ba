import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection } from '@libp2p/interface'
import { afterEach, describe, expect, it } from 'vitest'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import { ask } from '../../../main/node/streams.ts'
import { crosses, dialThrough, post, reserve, TestNet, texts, TOPIC, type TestNode } from '../support/test-net.ts'
import { pause, until } from '../support/until.ts'
import { meetHub, startRelay, type TestRelay } from './support.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Milliseconds after which who is not served and is no relay has been let go. */
const SEEN_OFF = 5_000

/** Somebody who says that it is a relay, as anybody can. */
async function pretender (): Promise<TestNode> {
  const node = await net.node()
  await node.libp2p.handle(RELAY_V2_HOP_CODEC, (stream) => { stream.abort(new Error('no')) })
  return node
}

const community = { others: async (): Promise<readonly string[]> => [], allowPrivate: true }

/** Two friends on a topic of a relay that serves nobody else. */
async function friendsOnly (options: Parameters<typeof startRelay>[1]): Promise<{ readonly relay: TestRelay, readonly friends: readonly [TestNode, TestNode] }> {
  const friends = [await net.node(), await net.node()] as const
  const relay = await startRelay(net, { access: { allow: friends.map(({ id }) => id) }, ...options })
  for (const friend of friends) {
    await reserve(friend, relay)
    await meetHub(friend, relay)
  }
  return { relay, friends }
}

/** What a stranger may not have: each is refused. */
async function getsNothing (connection: Connection): Promise<void> {
  for (const protocol of [PROTOCOLS.hub, PROTOCOLS.history, PROTOCOLS.relays, PROTOCOLS.dialBack]) {
    await expect(ask(connection, protocol, new Uint8Array(0)), protocol.id).rejects.toThrow()
  }
  await expect(connection.newStream('/meshsub/1.1.0').then(async (stream) => {
    stream.send(Uint8Array.of(0))
    await until(() => stream.status !== 'open', 1_000, 'the stream is reset')
    throw new Error('it was')
  })).rejects.toThrow()
}

describe('on a relay for named people that has a community', () => {
  it('who says that it is a relay may stay, and gets no topics, no members, no history', async () => {
    const { relay, friends: [a, b] } = await friendsOnly({ community })
    const stranger = await pretender()
    const connection = await stranger.libp2p.dial(relay.address)
    await until(() => relay.stats.connections === 3, 2_000, 'it is connected')
    await crosses(a, [b], 'among friends')
    await getsNothing(connection)
    await expect(dialThrough(stranger, relay, a)).rejects.toMatchObject({ reason: 'notAllowed' })
    await pause(SEEN_OFF)
    expect(connection.status).toBe('open')
    await crosses(b, [a], 'still among friends')
    await post(stranger, 'from outside')
    await pause(300)
    expect(texts(stranger)).toEqual([])
    expect(stranger.pubsub.subscribers(TOPIC)).toEqual([])
    expect([...texts(a), ...texts(b)]).not.toContain('from outside')
    expect(relay.pubsub?.subscribers(TOPIC)).not.toContain(stranger.id)
  })

  it('who is struck off the list loses what it had, whatever it says that it is', async () => {
    const [friend, former] = [await net.node(), await pretender()]
    const relay = await startRelay(net, { community })
    for (const one of [friend, former]) {
      await reserve(one, relay)
      await meetHub(one, relay)
    }
    await crosses(friend, [former], 'to both')
    relay.setRules({ access: { allow: [friend.id] } })
    await until(() => relay.stats.relay.reservations === 1, 4_000, 'its place has ended')
    await until(() => relay.pubsub?.subscribers(TOPIC).includes(former.id) === false, 4_000, 'it is off the topic')
    await getsNothing(await former.libp2p.dial(relay.address))
    await post(friend, 'to one')
    await pause(500)
    expect(texts(former)).not.toContain('to one')
  })
})

it('without a community nobody has a reason to stay', async () => {
  const { relay } = await friendsOnly({})
  const connection = await (await pretender()).libp2p.dial(relay.address)
  await until(() => connection.status !== 'open', SEEN_OFF, 'it is let go')
})
