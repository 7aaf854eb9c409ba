import { TopicValidatorResult, type Message, type TopicValidatorFn } from '@chainsafe/libp2p-gossipsub'
import { RPC } from '@chainsafe/libp2p-gossipsub/message'
import { MessageStatus, RejectReason, ValidateError } from '@chainsafe/libp2p-gossipsub/types'
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import { concat } from 'uint8arrays/concat'
import { messageId } from './message-id.ts'
import { isNumber, keepNumberBytes, numberBytes, numberOf } from './number-bytes.ts'

interface Seen { readonly has: (id: string) => boolean, readonly put: (id: string) => void }
interface MessageName { readonly msgId: Uint8Array, readonly msgIdStr: string }
type Outcome =
  | { readonly code: MessageStatus.duplicate, readonly msgIdStr: string }
  | { readonly code: MessageStatus.invalid, readonly reason: RejectReason, readonly error?: ValidateError, readonly msgIdStr?: string }
  | { readonly code: MessageStatus.valid, readonly messageId: MessageName, readonly msg: Message }

/** The parts of Gossipsub's router that its package types do not show and that are used or overridden here (17.1.1). */
interface Gossiping {
  publish: (topic: string, data: Uint8Array) => Promise<{ readonly recipients: PeerId[] }>
  validateReceivedMessage: (source: PeerId, raw: RPC.Message) => Promise<Outcome>
  readonly msgIdToStrFn: (id: Uint8Array) => string
  readonly selectPeersToPublish: (topic: string) => { readonly tosend: Set<string> }
  readonly sendRpc: (to: string, rpc: { readonly subscriptions: readonly never[], readonly messages: readonly RPC.Message[] }) => boolean
  readonly sendIDontWants: (id: Uint8Array, topic: string, source: string) => void
  readonly opts: { readonly idontwantMinDataSize: number }
  readonly seenCache: Seen
  readonly publishedMessageIds: Seen
  readonly mcache: { readonly put: (name: MessageName, raw: RPC.Message, validated: boolean) => void }
  readonly gossipTracer: { readonly deliverMessage: (id: string) => void }
  readonly topicValidators: ReadonlyMap<string, TopicValidatorFn>
}

/** Signed by who posts: this, and the message without signature and key. */
const PREFIX = new TextEncoder().encode('libp2p-pubsub:')
/** Bytes of a number that Gossipsub itself takes. */
const WHOLE = 8

/**
 * Symptom: a switch of protocol, or another start, has strict peers refuse what we post.
 *
 * Cause: Gossipsub counts its posts in a variable of its module, which Floodsub
 * does not see and which begins anew with the clock at each start.
 *
 * Fix: publishing as the router does it, but for the number. It can go when the
 * router takes a function that gives numbers. js-libp2p#3487 made them rise; no
 * issue asks for the rest.
 */
export function ownNumbersOnGossipsub (router: unknown, { peerId, privateKey }: { readonly peerId: PeerId, readonly privateKey: PrivateKey }, next: () => Promise<bigint>): void {
  const gossip = router as Gossiping
  const from = peerId.toMultihash().bytes
  const key = publicKeyToProtobuf(privateKey.publicKey)
  gossip.publish = async (topic, data) => {
    const sequenceNumber = await next()
    const message = { from, data, seqno: numberBytes(sequenceNumber), topic }
    const raw = { ...message, signature: await privateKey.sign(signedBytes(message)), key }
    const msgId = messageId({ from: peerId, sequenceNumber })
    const msgIdStr = gossip.msgIdToStrFn(msgId)
    gossip.seenCache.put(msgIdStr)
    gossip.mcache.put({ msgId, msgIdStr }, raw, true)
    gossip.gossipTracer.deliverMessage(msgIdStr)
    gossip.publishedMessageIds.put(msgIdStr)
    // Each its own: what goes with a message to one peer is written into it.
    const sent = [...gossip.selectPeersToPublish(topic).tosend].filter((peer) => gossip.sendRpc(peer, { subscriptions: [], messages: [raw] }))
    return { recipients: sent.map((peer) => peerIdFromString(peer)) }
  }
}

/** Takes messages whose number has fewer than 8 bytes, as the router does others; see number-bytes.ts. */
export function shortNumbersOnGossipsub (router: unknown): void {
  const gossip = router as Gossiping
  const validate = gossip.validateReceivedMessage.bind(gossip)
  gossip.validateReceivedMessage = async (source, raw) => {
    if (raw.seqno === undefined || raw.seqno.byteLength === WHOLE || !isNumber(raw.seqno)) return validate(source, raw)
    const msg = await opened(raw, raw.seqno)
    if (msg === undefined) return { code: MessageStatus.invalid, reason: RejectReason.Error, error: ValidateError.InvalidSignature }
    const msgId = messageId(msg)
    const msgIdStr = gossip.msgIdToStrFn(msgId)
    if (gossip.seenCache.has(msgIdStr)) return { code: MessageStatus.duplicate, msgIdStr }
    gossip.seenCache.put(msgIdStr)
    if (msg.data.byteLength >= gossip.opts.idontwantMinDataSize) gossip.sendIDontWants(msgId, raw.topic, source.toString())
    const judged = await gossip.topicValidators.get(raw.topic)?.(source, msg) ?? TopicValidatorResult.Accept
    if (judged === TopicValidatorResult.Accept) return { code: MessageStatus.valid, messageId: { msgId, msgIdStr }, msg }
    return { code: MessageStatus.invalid, reason: judged === TopicValidatorResult.Reject ? RejectReason.Reject : RejectReason.Ignore, msgIdStr }
  }
}

/** A message whose author signed it; undefined where nobody did, or somebody else. */
async function opened (raw: RPC.Message, seqno: Uint8Array): Promise<(Message & { readonly type: 'signed' }) | undefined> {
  const { data = new Uint8Array(0), topic, signature } = raw
  if (raw.from === undefined || signature === undefined) return undefined
  try {
    const from = peerIdFromMultihash(Digest.decode(raw.from))
    const key = raw.key === undefined ? from.publicKey : publicKeyFromProtobuf(raw.key)
    if (key === undefined || !from.equals(key.toMultihash().bytes) || !await key.verify(signedBytes(raw), signature)) return undefined
    keepNumberBytes(data, seqno)
    return { type: 'signed', from, topic, data, sequenceNumber: numberOf(seqno), signature, key }
  } catch {
    // A key, a multihash or a signature that is none.
    return undefined
  }
}

function signedBytes ({ from, data, seqno, topic }: RPC.Message): Uint8Array {
  return concat([PREFIX, RPC.Message.encode({ from, data, seqno, topic } as RPC.Message)])
}
