import type { PeerId } from '@libp2p/interface'
import { isNumber, keepNumberBytes, keptNumberBytes, numberBytes } from './number-bytes.ts'

interface RawMessage { readonly data?: Uint8Array, readonly sequenceNumber?: Uint8Array }
interface Rpc { readonly messages?: readonly RawMessage[] }

/** The part of Floodsub's router that its package types do not show and that is overridden here (11.0.28). */
interface Flooding<M extends { readonly data: Uint8Array }> {
  processRpc: (from: unknown, rpc: Rpc) => Promise<boolean>
  encodeMessage: (message: RawMessage) => Uint8Array
  sendRpc: (peer: PeerId, rpc: Rpc) => void
  buildMessage: (message: { readonly data: Uint8Array, readonly sequenceNumber: bigint }) => Promise<M>
}

/** Checks, passes on and sends sequence numbers with all their bytes; see number-bytes.ts. @param next gives the numbers of our own posts */
export function wholeNumbersOnFloodsub<M extends { readonly data: Uint8Array }> (router: unknown, next: () => Promise<bigint>): void {
  const flood = router as Flooding<M>
  const process = flood.processRpc.bind(flood)
  flood.processRpc = async (from, rpc) => process(from, { ...rpc, messages: (rpc.messages ?? []).filter(keep) })
  const encode = flood.encodeMessage.bind(flood)
  flood.encodeMessage = (message) => encode(whole(message))
  const send = flood.sendRpc.bind(flood)
  flood.sendRpc = (peer, rpc) => { send(peer, rpc.messages === undefined ? rpc : { ...rpc, messages: rpc.messages.map(whole) }) }
  const build = flood.buildMessage.bind(flood)
  flood.buildMessage = async (message) => {
    const sequenceNumber = await next()
    // A copy: somebody may post the same bytes twice.
    const data = message.data.slice()
    keepNumberBytes(data, numberBytes(sequenceNumber))
    return build({ ...message, data, sequenceNumber })
  }
}

/** Whether it is to be looked at; a message without a number is no signed one. */
function keep ({ data, sequenceNumber }: RawMessage): boolean {
  if (data === undefined || sequenceNumber === undefined) return true
  if (!isNumber(sequenceNumber)) return false
  keepNumberBytes(data, sequenceNumber)
  return true
}

function whole (message: RawMessage): RawMessage {
  const bytes = message.data === undefined ? undefined : keptNumberBytes(message.data)
  return bytes === undefined ? message : { ...message, sequenceNumber: bytes }
}
