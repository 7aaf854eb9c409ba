import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { beforeAll, expect, it } from 'vitest'
import { MAX_ANNOUNCED, MAX_WAITING_MESSAGES } from '../../../main/node/limits.ts'
import { takeTurns } from '../../../main/node/pubsub/fair-turns.ts'

let loud: PeerId
let calm: PeerId
beforeAll(async () => {
  [loud, calm] = await Promise.all([0, 1].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519')))) as [PeerId, PeerId]
})

function scene () {
  const handled: string[] = []
  const announced: number[] = []
  const sent: { readonly to: string, readonly topics: string[], readonly subscribe: boolean }[] = []
  const floods: string[] = []
  const router = {
    handleReceivedMessage: async (_: PeerId, message: unknown): Promise<void> => { handled.push(String(message)) },
    handleReceivedRpc: async (_: PeerId, rpc: { readonly subscriptions?: readonly unknown[] }): Promise<void> => { announced.push(rpc.subscriptions?.length ?? 0) },
    sendSubscriptions: (to: string, topics: string[], subscribe: boolean): void => { sent.push({ to, topics, subscribe }) }
  }
  takeTurns(router, (peer) => { floods.push(peer) })
  return { router, handled, announced, sent, floods }
}

it('one who sends much at once is heard in turn with the others, and in order', async () => {
  const { router, handled, floods } = scene()
  const much = Array.from({ length: 100 }, async (_, index) => router.handleReceivedMessage(loud, `loud ${index}`))
  await router.handleReceivedMessage(calm, 'calm')
  expect(handled.indexOf('calm')).toBeLessThan(20)
  await Promise.all(much)
  expect(handled.filter((text) => text !== 'calm')).toEqual(Array.from({ length: 100 }, (_, index) => `loud ${index}`))
  expect(floods).toEqual([])
})

it('a message that cannot be handled keeps none behind it', async () => {
  const { router, handled } = scene()
  const failing = { ...router, handleReceivedMessage: async (_: PeerId, message: unknown): Promise<void> => { if (message === 'bad') throw new Error('bad'); handled.push(String(message)) } }
  takeTurns(failing, () => {})
  await Promise.all(['a', 'bad', 'b'].map(async (message) => failing.handleReceivedMessage(loud, message)))
  expect(handled).toEqual(['a', 'b'])
})

it('who has more waiting than anybody needs is told of, and the rest costs nothing', async () => {
  const { router, handled, floods } = scene()
  await Promise.all(Array.from({ length: MAX_WAITING_MESSAGES + 5 }, async () => router.handleReceivedMessage(loud, 'x')))
  expect(handled).toHaveLength(MAX_WAITING_MESSAGES)
  expect(floods).toEqual(Array<string>(5).fill(loud.toString()))
})

it('who announces more topics than anybody needs is told of', async () => {
  const { router, announced, floods } = scene()
  await router.handleReceivedRpc(loud, { subscriptions: Array<unknown>(MAX_ANNOUNCED.atOnce) })
  await router.handleReceivedRpc(loud, { subscriptions: Array<unknown>(1_000) })
  await router.handleReceivedRpc(calm, { subscriptions: Array<unknown>(1_000) })
  expect(announced).toEqual([MAX_ANNOUNCED.atOnce, 1_000])
  expect(floods).toEqual([loud.toString()])
})

it('topics that are announced together leave together, each change in its order', async () => {
  const { router, sent } = scene()
  router.sendSubscriptions('a', ['one'], true)
  router.sendSubscriptions('b', ['one'], true)
  router.sendSubscriptions('a', ['two'], true)
  router.sendSubscriptions('a', ['one'], false)
  await Promise.resolve()
  expect(sent).toEqual([
    { to: 'a', topics: ['one', 'two'], subscribe: true },
    { to: 'a', topics: ['one'], subscribe: false },
    { to: 'b', topics: ['one'], subscribe: true }
  ])
})
