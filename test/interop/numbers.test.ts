import { afterEach, describe, expect, it } from 'vitest'
import { TestNet } from '../net/support/test-net.ts'
import { pause, until } from '../net/support/until.ts'
import { ForeignPeer } from './support/foreign-peer.ts'
import { KINDS } from './support/programs.ts'
import { expectTalk, heardAgain, meet } from './support/talk.ts'

/** Bytes of an author's peer id, with which the id of a post begins. */
const AUTHOR = 38

const net = new TestNet()
afterEach(async () => net.stop())

// With Floodsub's random numbers a strict peer takes 8 of 100, and after one moment of Floodsub none of what Gossipsub sends (measured).
describe.each(KINDS)('a %s peer that takes only numbers which rise', (kind) => {
  it('hears everything on Gossipsub, then on Floodsub, then on Gossipsub', async () => {
    const [node, peer] = await Promise.all([net.node(), ForeignPeer.start(net, kind, { strict: true })])
    await peer.dial(node.address.toString())
    for (const protocol of ['gossipsub', 'floodsub', 'gossipsub'] as const) {
      await node.pubsub.switchTo(protocol)
      await heardAgain(node, peer)
      await expectTalk(node, peer)
    }
    const numbers = peer.heard.map(({ number }) => number)
    expect(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0n))).toBe(true)
  })
})

// js-libp2p's Floodsub sends numbers as they come: one in 256 has 7 bytes, which Gossipsub refused.
it('a js peer on Floodsub is heard on Gossipsub, with short numbers too', async () => {
  const [node, peer] = await Promise.all([net.node(), ForeignPeer.start(net, 'js', { protocol: 'floodsub' })])
  await peer.dial(node.address.toString())
  await meet(node, peer)
  const isShort = ({ id }: { readonly id: string }): boolean => Buffer.from(id, 'base64url').byteLength < AUTHOR + 8
  const read = (): number => node.inbox.filter(({ data }) => Buffer.from(data).toString().startsWith('short or long ')).length
  let posts = 0
  // That none of so many is short happens once in six million times.
  while (posts < 200 || (posts < 4_000 && !node.inbox.some(isShort))) {
    await peer.publish(`short or long ${String(posts++)}`)
    // Whoever posts faster than any person is cut off.
    await pause(5)
  }
  await until(() => read() === posts, 10_000, () => `${String(read())} of ${String(posts)} are read`)
  expect(node.inbox.some(isShort)).toBe(true)
})
