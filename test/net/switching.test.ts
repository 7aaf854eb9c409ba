import { afterEach, describe, expect, it } from 'vitest'
import type { ProtocolState } from '../../preload/contract/index.ts'
import { connect, crosses, crossesAtLast, dialThrough, meet, post, PROTOCOLS, reserve, TestNet, texts, TOPIC, type TestNode } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const SETTLED = 2_000

/** Posts every 20 ms until told to stop, as an outbox does: what the router gave to nobody is posted again. Answers the posts. */
function keepPosting (node: TestNode): () => Promise<readonly string[]> {
  const posts: string[] = []
  const sent: Promise<unknown>[] = []
  const timer = setInterval(() => {
    const text = `post ${posts.length}`
    posts.push(text)
    sent.push(until(async () => (await post(node, text)).length > 0, 5_000, `somebody takes '${text}'`))
  }, 20)
  return async () => {
    clearInterval(timer)
    await Promise.all(sent)
    return posts
  }
}

/** That each of the posts came exactly once. */
async function readsAllOnce (node: TestNode, posts: readonly string[]): Promise<void> {
  await until(() => posts.every((text) => texts(node).includes(text)), 3_000, () => `lost: ${posts.filter((text) => !texts(node).includes(text)).join(', ')} of ${posts.length}`)
  expect(texts(node).filter((text) => text.startsWith('post ')).sort()).toEqual([...posts].sort())
}

function states (node: TestNode): ProtocolState[] {
  const seen: ProtocolState[] = []
  node.pubsub.on('protocol:change', (state) => seen.push(state))
  return seen
}

describe('a switch of protocol in mid-conversation', () => {
  // Without waiting until the neighbours are back, or without holding posts back, those made meanwhile are lost or refused.
  // STREAMS_GONE alone is not proven here: with streams drained first, switches settle without it on loopback.
  it('loses none of the own posts for a Gossipsub and a Floodsub neighbour, and settles within 2 s', async () => {
    const [a, gossip, flood] = await Promise.all([net.node(), net.node({ protocol: 'gossipsub' }), net.node({ protocol: 'floodsub' })])
    await Promise.all([connect(a, gossip), connect(flood, a)])
    const seen = states(a)
    const stopPosting = keepPosting(a)
    const took: number[] = []
    for (const protocol of ['floodsub', 'gossipsub', 'floodsub', 'gossipsub'] as const) {
      await pause(150)
      const start = performance.now()
      await a.pubsub.switchTo(protocol)
      took.push(performance.now() - start)
      expect(a.pubsub.state).toEqual({ current: protocol, waiting: expect.any(Number) as number })
      await meet(a, gossip)
      await meet(a, flood)
    }
    await pause(150)
    const posts = await stopPosting()
    expect(posts.length).toBeGreaterThan(50)
    await Promise.all([readsAllOnce(gossip, posts), readsAllOnce(flood, posts)])
    expect(Math.max(...took)).toBeLessThan(SETTLED)

    // While it lasts the state says where to and how many posts wait; afterwards none do.
    expect(seen.some(({ switchingTo, waiting }) => switchingTo === 'floodsub' && waiting > 0)).toBe(true)
    await until(() => a.pubsub.state.waiting === 0, 1_000, 'no post waits')
    expect(seen.at(-1)).toEqual({ current: 'gossipsub', waiting: 0 })
    await crossesAtLast(gossip, a, 'from gossipsub', 3_000)
    await crossesAtLast(flood, a, 'from floodsub', 3_000)
  })

  it('loses none over a circuit either, whichever end switches', async () => {
    const [relay, a, b] = await Promise.all([net.plainRelay({ reservations: { applyDefaultLimit: true } }), net.node(), net.node()])
    await reserve(a, relay)
    await dialThrough(b, relay, a)
    await meet(a, b)
    for (const [one, other] of [[a, b], [b, a]] as const) {
      const stopPosting = keepPosting(one)
      await pause(100)
      await one.pubsub.switchTo('floodsub')
      await pause(100)
      await readsAllOnce(other, await stopPosting())
      await crossesAtLast(other, one, 'back', 3_000)
      one.inbox.length = 0
      other.inbox.length = 0
    }
  })

  it('waits for posts that are under way when it begins', async () => {
    const [a, b] = await Promise.all([net.node(), net.node({ protocol: 'floodsub' })])
    await connect(a, b)
    const posts: string[] = []
    for (let round = 0; round < 6; round++) {
      const sent = Array.from({ length: 5 }, (_, index) => `post ${round} ${index}`).map(async (text) => {
        posts.push(text)
        return post(a, text)
      })
      await a.pubsub.switchTo(round % 2 === 0 ? 'floodsub' : 'gossipsub')
      for (const recipients of await Promise.all(sent)) {
        expect(recipients).toEqual([b.id])
      }
    }
    await readsAllOnce(b, posts)
  })

  it('keeps the subscriptions, and takes up those made meanwhile', async () => {
    const [a, b] = await Promise.all([net.node({ topics: [TOPIC, 'left'] }), net.node({ topics: [TOPIC, 'left', 'new'] })])
    await connect(a, b)
    const switched = a.pubsub.switchTo('floodsub')
    await pause(20)
    a.pubsub.subscribe('new')
    a.pubsub.unsubscribe('left')
    await switched
    expect(a.pubsub.topics).toEqual([TOPIC, 'new'])
    await until(() => b.pubsub.subscribers('new').includes(a.id), 2_000, 'the neighbour sees the new subscription')
    await until(() => !b.pubsub.subscribers('left').includes(a.id), 2_000, 'and that one was left')
    await post(b, 'on the new topic', 'new')
    await until(() => texts(a).includes('on the new topic'), 2_000, 'posts on the new topic come in')
    await crosses(b, [a], 'on the old topic')
  })

  it('forgets who left a topic meanwhile', async () => {
    const [a, b] = await Promise.all([net.node({ topics: [TOPIC, 'left'] }), net.node({ topics: [TOPIC, 'left'] })])
    await connect(a, b)
    const switched = a.pubsub.switchTo('floodsub')
    await pause(50)
    b.pubsub.unsubscribe('left')
    await switched
    expect(a.pubsub.subscribers(TOPIC)).toEqual([b.id])
    expect(a.pubsub.subscribers('left')).toEqual([])
  })

  it('also when both ends switch at once', async () => {
    const [a, b] = await Promise.all([net.node(), net.node()])
    await connect(a, b)
    for (const protocol of ['floodsub', 'gossipsub'] as const) {
      await Promise.all([a.pubsub.switchTo(protocol), b.pubsub.switchTo(protocol)])
      await meet(a, b)
      await crossesAtLast(a, b, `a after ${protocol}`, 3_000)
      await crossesAtLast(b, a, `b after ${protocol}`, 3_000)
    }
  })
})

describe('switches that are no plain ones', () => {
  it('two at once run one after the other, and posts wait for both', async () => {
    const [a, b] = await Promise.all([net.node(), net.node()])
    await connect(a, b)
    const stopPosting = keepPosting(a)
    await pause(50)
    const both = [a.pubsub.switchTo('floodsub'), a.pubsub.switchTo('gossipsub')]
    await Promise.all(both)
    expect(a.pubsub.state.current).toBe('gossipsub')
    expect(a.pubsub.state.switchingTo).toBeUndefined()
    await pause(50)
    await readsAllOnce(b, await stopPosting())
  })

  it.each(PROTOCOLS)('one to the current protocol (%s) changes and says nothing', async (protocol) => {
    const [a, b] = await Promise.all([net.node({ protocol }), net.node({ protocol })])
    await connect(a, b)
    const seen = states(a)
    await a.pubsub.switchTo(protocol)
    await crosses(a, [b], 'still here', 200)
    expect(seen).toEqual([])
  })

  it('with nobody connected it is done at once, and the first to come is taken in', async () => {
    const [a, b] = await Promise.all([net.node(), net.node()])
    const start = performance.now()
    await a.pubsub.switchTo('floodsub')
    expect(performance.now() - start).toBeLessThan(1_000)
    expect(await post(a, 'alone')).toEqual([])
    await connect(b, a)
    await crosses(a, [b], 'to the first')
  })

  it('one that is under way does not keep the node from stopping', async () => {
    const [a, b] = await Promise.all([net.node(), net.node()])
    await connect(a, b)
    const switched = a.pubsub.switchTo('floodsub')
    const posted = post(a, 'too late').catch((error: unknown) => error)
    const start = performance.now()
    await a.libp2p.stop()
    await switched
    await posted
    expect(performance.now() - start).toBeLessThan(3_000)
    await expect(a.pubsub.publish(TOPIC, new Uint8Array(1))).rejects.toMatchObject({ code: 'ERR_STOPPED' })
  })
})

it('a Gossipsub and a Floodsub node read each other both ways', async () => {
  const [gossip, flood] = await Promise.all([net.node({ protocol: 'gossipsub' }), net.node({ protocol: 'floodsub' })])
  await connect(gossip, flood)
  for (let index = 0; index < 20; index++) {
    await Promise.all([post(gossip, `g ${index}`), post(flood, `f ${index}`)])
  }
  await until(() => gossip.inbox.length >= 20 && flood.inbox.length >= 20, 3_000, () => `20 each: ${gossip.inbox.length}, ${flood.inbox.length}`)
  expect([gossip.inbox.length, flood.inbox.length]).toEqual([20, 20])
})
