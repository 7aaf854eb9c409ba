import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { sendAll } from '../../net/support/drained.ts'
import { concat, encodeRpc, signMessage, STREAMS, subscribe, type RawMessage } from '../../net/support/raw-peer.ts'
import { TOPIC } from '../../net/support/test-net.ts'
import { pauseFor } from './peers.ts'
import { openStream, type RawNode } from './raw-node.ts'

/** Streams of both protocols. */
export const PUBSUB = Object.values(STREAMS)
/** Posts of one frame, as far as they fit. */
const A_FRAME = 20
const FULL = 40_000

/** A post that any Natter takes, signed by its author twice: for those who keep it, and for pubsub. */
export async function post (key: Ed25519PrivateKey, bytes: number): Promise<RawMessage> {
  const text = `flood ${Math.random().toString(36)} `.padEnd(bytes, 'words of no use ')
  const { payload } = await createNatterDialect(key).encode({ topic: TOPIC, authorName: 'Somebody', text, time: Date.now(), newest: 0 })
  return signMessage(key, payload)
}

/** So many a second, as far as they are taken, until the other side has had enough. */
export async function sendPosts ({ connection }: RawNode, index: number, perSecond: number, next: () => Promise<RawMessage>, ended: AbortSignal): Promise<void> {
  const stream = await openStream(connection, PUBSUB[index % 2] ?? '')
  const frames = lpStream(stream)
  await frames.write(encodeRpc(subscribe(TOPIC)))
  const began = performance.now()
  for (let sent = 0; !ended.aborted && stream.status === 'open';) {
    const messages: RawMessage[] = []
    for (let bytes = 0; messages.length < A_FRAME && bytes < FULL;) {
      const message = await next()
      messages.push(message)
      bytes += message.data?.byteLength ?? 0
    }
    await sendAll(stream, frame({ messages }), AbortSignal.any([ended, AbortSignal.timeout(5_000)]))
    sent += messages.length
    const early = sent / perSecond * 1_000 - (performance.now() - began)
    if (early > 0) await pauseFor(early, ended)
    else await nextTurn()
  }
}

/** A frame of pubsub behind its length. */
export function frame (rpc: Parameters<typeof encodeRpc>[0]): Uint8Array {
  const bytes = encodeRpc(rpc)
  const length: number[] = []
  let rest = bytes.byteLength
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push(rest % 128 | 128)
  return concat(Uint8Array.from([...length, rest]), bytes)
}
