import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { beforeAll, expect, it } from 'vitest'
import { MAX_PUBSUB_MESSAGES, MAX_WAITING_MESSAGES } from '../../../main/node/limits.ts'
import { takeTurns } from '../../../main/node/pubsub/fair-turns.ts'

let loud: PeerId
let calm: PeerId
beforeAll(async () => {
  [loud, calm] = await Promise.all([0, 1].map(async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519')))) as [PeerId, PeerId]
})

function scene () {
  const handled: string[] = []
  const floods: string[] = []
  const read: unknown[] = []
  const router = {
    pipePeerReadStream: async (_: PeerId, source: AsyncIterable<unknown>): Promise<void> => { for await (const message of source) read.push(message) },
    handleReceivedMessage: async (_: PeerId, message: unknown): Promise<void> => { handled.push(String(message)) }
  }
  takeTurns(router, (peer) => { floods.push(peer) })
  return { router, read, handled, floods }
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

it('who sends more messages than anybody needs is read no further, whatever they hold', async () => {
  const { router, read, floods } = scene()
  await router.pipePeerReadStream(loud, (async function * () { for (;;) yield '' })())
  // What the time it took brings back is a few.
  expect(read.length).toBeGreaterThanOrEqual(MAX_PUBSUB_MESSAGES.atOnce)
  expect(read.length).toBeLessThan(2 * MAX_PUBSUB_MESSAGES.atOnce)
  expect(floods).toEqual([loud.toString()])
  await router.pipePeerReadStream(calm, (async function * () { yield 'calm' })())
  expect(read.at(-1)).toBe('calm')
})
