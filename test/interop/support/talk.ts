import { expect } from 'vitest'
import { post, TOPIC, texts, type TestNode } from '../../net/support/test-net.ts'
import { pause, until } from '../../net/support/until.ts'
import type { ForeignPeer } from './foreign-peer.ts'

/** Posts each way; the count by which the faults were measured that these tests are of. */
export const POSTS = 20
/** Milliseconds between two of them: Python's gossipsub cuts more than 10 a second, and nobody types faster. */
const APART = 20
/** Milliseconds in which a post on its way arrives. */
const ARRIVES = 3_000

/** Waits until a node and a peer see each other on the topic. */
export async function meet (node: TestNode, peer: ForeignPeer, ms = 8_000): Promise<void> {
  await until(async () => node.pubsub.subscribers(TOPIC).includes(peer.id) && (await peer.subscribers()).includes(node.id), ms,
    `the node and the ${peer.kind} peer see each other on the topic`)
}

let rounds = 0

/** Waits until one post arrives each way: whoever lost a stream with its connection takes a second or two for another. */
export async function heardAgain (node: TestNode, peer: ForeignPeer): Promise<void> {
  const text = `again ${++rounds}`
  let next = 0
  await until(async () => {
    if (performance.now() >= next) {
      next = performance.now() + 100
      await Promise.all([post(node, `node ${text}`), peer.publish(`peer ${text}`)])
    }
    return peer.texts.includes(`node ${text}`) && texts(node).includes(`peer ${text}`)
  }, 8_000, () => `both are heard: ${String(peer.texts.includes(`node ${text}`))} by the ${peer.kind} peer, ${String(texts(node).includes(`peer ${text}`))} by us`)
}

/** Posts {@link POSTS} times each way, and counts what arrived. */
export async function talk (node: TestNode, peer: ForeignPeer): Promise<{ readonly toPeer: number, readonly toNode: number }> {
  const round = `${++rounds}`
  const counts = (): { readonly toPeer: number, readonly toNode: number } => ({
    toPeer: peer.texts.filter((text) => text.startsWith(`node ${round} `)).length,
    toNode: texts(node).filter((text) => text.startsWith(`peer ${round} `)).length
  })
  for (let index = 0; index < POSTS; index++) {
    await post(node, `node ${round} ${index}`)
    await peer.publish(`peer ${round} ${index}`)
    await pause(APART)
  }
  await until(() => counts().toPeer >= POSTS && counts().toNode >= POSTS, ARRIVES, '').catch(() => {})
  return counts()
}

/** Both hear all that the other says. */
export async function expectTalk (node: TestNode, peer: ForeignPeer): Promise<void> {
  expect(await talk(node, peer)).toEqual({ toPeer: POSTS, toNode: POSTS })
}
