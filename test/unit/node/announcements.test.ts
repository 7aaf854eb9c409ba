import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, it } from 'vitest'
import { MAX_ANNOUNCED } from '../../../main/node/limits.ts'
import { boundAnnouncements } from '../../../main/node/pubsub/announcements.ts'

it('who announces more topics than anybody needs is told of', async () => {
  const [loud, calm] = await Promise.all([0, 1].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))
  if (loud === undefined || calm === undefined) throw new TypeError('two were made')
  const announced: number[] = []
  const floods: string[] = []
  const router = { handleReceivedRpc: async (_: unknown, rpc: { readonly subscriptions?: readonly unknown[] }): Promise<void> => { announced.push(rpc.subscriptions?.length ?? 0) } }
  boundAnnouncements(router, (peer: string) => { floods.push(peer) })
  await router.handleReceivedRpc(loud, { subscriptions: Array<unknown>(MAX_ANNOUNCED.atOnce) })
  await router.handleReceivedRpc(loud, { subscriptions: Array<unknown>(1_000) })
  await router.handleReceivedRpc(calm, { subscriptions: Array<unknown>(1_000) })
  expect(announced).toEqual([MAX_ANNOUNCED.atOnce, 1_000])
  expect(floods).toEqual([loud.toString()])
})
