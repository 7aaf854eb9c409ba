import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, it } from 'vitest'
import { openSideBySide } from '../../../main/node/pubsub/outbound-streams.ts'

async function peer (): Promise<PeerId> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
}

it('somebody who does not answer keeps nobody else waiting; the next try at them is the newest connection, after the first', async () => {
  const [silent, other] = [await peer(), await peer()]
  const begun: string[] = []
  let answer = (): void => {}
  const router = {
    createOutboundStream: async (to: PeerId, connection: Connection): Promise<void> => {
      begun.push(connection.id)
      if (to === silent) await new Promise<void>((resolve) => { answer = resolve })
    },
    mesh: new Map()
  }
  openSideBySide(router)
  const tries = [[silent, 'silent 1'], [other, 'other'], [silent, 'silent 2'], [silent, 'silent 3']] as const
  for (const [to, id] of tries) await router.createOutboundStream(to, { id } as Connection)
  expect(begun).toEqual(['silent 1', 'other'])
  answer()
  await new Promise(setImmediate)
  expect(begun).toEqual(['silent 1', 'other', 'silent 3'])
  answer()
  await new Promise(setImmediate)
  await router.createOutboundStream(silent, { id: 'silent 4' } as Connection)
  expect(begun.at(-1)).toBe('silent 4')
})

it('who subscribed before its stream stood is grafted with it, on the topics that it is on', async () => {
  const [early, other] = [await peer(), await peer()]
  const grafts: [string, readonly string[]][] = []
  const router = {
    createOutboundStream: async (): Promise<void> => {},
    mesh: new Map([['a', new Set()], ['b', new Set()], ['full', new Set()]]),
    topics: new Map(['a', 'full', 'not ours'].map((topic) => [topic, new Set([early.toString()])])),
    graftOnSubscribe: (_: string, topic: string) => topic !== 'full',
    sendGraft: (to: string, topics: readonly string[]) => { grafts.push([to, topics]) }
  }
  openSideBySide(router)
  for (const to of [early, other]) await (router.createOutboundStream as (to: PeerId, connection: Connection) => Promise<void>)(to, {} as Connection)
  await new Promise(setImmediate)
  expect(grafts).toEqual([[early.toString(), ['a']]])
})
