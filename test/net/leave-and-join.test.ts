import { afterEach, describe, expect, it } from 'vitest'
import { connect, crosses, crossesAtLast, meet, post, PROTOCOLS, TestNet, texts, TOPIC, type TestNode } from './support/test-net.ts'
import { pause, until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

async function leaveAndJoin (node: TestNode, neighbour: TestNode): Promise<void> {
  node.pubsub.unsubscribe(TOPIC)
  expect(node.pubsub.topics).toEqual([])
  await until(() => !neighbour.pubsub.subscribers(TOPIC).includes(node.id), 2_000, 'the neighbour sees that the topic was left')
  node.pubsub.subscribe(TOPIC)
  await meet(node, neighbour)
}

describe.each(PROTOCOLS)('leaving a topic and joining it again with %s', (protocol) => {
  it('brings what neighbours post', async () => {
    const [a, b] = await Promise.all([net.node({ protocol }), net.node({ protocol })])
    await connect(a, b)
    await leaveAndJoin(b, a)
    await crosses(a, [b], 'a after', 1_000)
    await crosses(b, [a], 'b after', 1_000)
  })

  // By Gossipsub's default who leaves is kept out of the mesh for 10 s, and what a hub carries is lost for up to 12.6 s (measured).
  it('brings what others post through a hub', async () => {
    const [hub, a, b] = await Promise.all([net.hub({ protocol }), net.node({ protocol }), net.node({ protocol })])
    await Promise.all([connect(a, hub), connect(b, hub)])
    // Gossipsub takes a newcomer into its mesh within a second.
    await crossesAtLast(a, b, 'before', 3_000)
    await leaveAndJoin(b, hub)
    await crosses(a, [b], 'after')
    await crosses(b, [a], 'and back')
    await leaveAndJoin(b, hub)
    await leaveAndJoin(a, hub)
    await crosses(a, [b], 'after again')
  })

  it('brings nothing between the two', async () => {
    const [a, b] = await Promise.all([net.node({ protocol }), net.node({ protocol })])
    await connect(a, b)
    b.pubsub.unsubscribe(TOPIC)
    await until(() => a.pubsub.subscribers(TOPIC).length === 0, 2_000, 'the neighbour sees that the topic was left')
    expect(await post(a, 'not for you')).toEqual([])
    await pause(100)
    expect(texts(b)).toEqual([])
    expect(a.pubsub.seenTopics()).toEqual([])
  })
})
