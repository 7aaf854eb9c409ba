import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { beforeAll, expect, it } from 'vitest'
import { MAX_ANNOUNCED } from '../../../main/node/limits.ts'
import { tameAnnouncements } from '../../../main/node/pubsub/announcements.ts'

let loud: PeerId
let calm: PeerId
beforeAll(async () => {
  [loud, calm] = await Promise.all([0, 1].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519')))) as [PeerId, PeerId]
})

interface Sent { readonly to: string, readonly topics: string[], readonly subscribe: boolean }

/** What a router keeps, and what it would send. `members` are on each topic, by its name. */
function scene (members: Readonly<Record<string, readonly string[]>>) {
  const announced: number[] = []
  const sent: Sent[] = []
  const floods: string[] = []
  const router = Object.assign(new EventTarget(), {
    topics: new Map(Object.entries(members).map(([topic, peers]) => [topic, new Set(peers)])),
    subscriptions: new Set(Object.keys(members)),
    streamsOutbound: new Map<string, object>(),
    handleReceivedRpc: async (_: PeerId, rpc: { readonly subscriptions?: readonly unknown[] }): Promise<void> => { announced.push(rpc.subscriptions?.length ?? 0) },
    sendSubscriptions: (to: string, topics: string[], subscribe: boolean): void => { sent.push({ to, topics, subscribe }) }
  })
  tameAnnouncements(router, (peer) => { floods.push(peer) })
  const taken = async (): Promise<Sent[]> => {
    await Promise.resolve()
    return sent.splice(0)
  }
  const opens = (peer: string): void => {
    router.streamsOutbound.set(peer, {})
    router.sendSubscriptions(peer, [...router.subscriptions], true)
  }
  return { router, announced, floods, taken, opens }
}

it('who announces more topics than anybody needs is told of', async () => {
  const { router, announced, floods } = scene({})
  await router.handleReceivedRpc(loud, { subscriptions: Array<unknown>(MAX_ANNOUNCED.atOnce) })
  await router.handleReceivedRpc(loud, { subscriptions: Array<unknown>(1_000) })
  await router.handleReceivedRpc(calm, { subscriptions: Array<unknown>(1_000) })
  expect(announced).toEqual([MAX_ANNOUNCED.atOnce, 1_000])
  expect(floods).toEqual([loud.toString()])
})

it('topics that are announced together leave together, each change in its order', async () => {
  const { router, taken } = scene({ one: ['a', 'b'], two: ['a'] })
  router.streamsOutbound.set('a', {}).set('b', {})
  router.sendSubscriptions('a', ['one'], true)
  router.sendSubscriptions('b', ['one'], true)
  router.sendSubscriptions('a', ['two'], true)
  router.sendSubscriptions('a', ['one'], false)
  expect(await taken()).toEqual([
    { to: 'a', topics: ['one', 'two'], subscribe: true },
    { to: 'a', topics: ['one'], subscribe: false },
    { to: 'b', topics: ['one'], subscribe: true }
  ])
})

it('a topic is named to those who are on it, once, and again when they open another stream', async () => {
  const { taken, opens } = scene({ one: ['a'], two: ['b'] })
  opens('a')
  opens('c')
  expect(await taken()).toEqual([{ to: 'a', topics: ['one'], subscribe: true }])
  opens('a')
  expect(await taken()).toEqual([{ to: 'a', topics: ['one'], subscribe: true }])
})

it('who comes to a topic is told then, and of its end those alone who were told', async () => {
  const { router, taken, opens } = scene({ one: ['a'] })
  opens('a')
  opens(calm.toString())
  await taken()
  router.topics.get('one')?.add(calm.toString())
  router.dispatchEvent(new CustomEvent('subscription-change', { detail: { peerId: calm, subscriptions: [{ topic: 'one', subscribe: true }, { topic: 'other', subscribe: true }] } }))
  expect(await taken()).toEqual([{ to: calm.toString(), topics: ['one'], subscribe: true }])
  router.streamsOutbound.set('d', {})
  for (const peer of ['a', calm.toString(), 'd']) router.sendSubscriptions(peer, ['one'], false)
  expect((await taken()).map(({ to }) => to)).toEqual(['a', calm.toString()])
})
