import { toString } from 'uint8arrays/to-string'
import { floodsub } from '@libp2p/floodsub'
import type { Message } from '@libp2p/floodsub'
import type { PeerId } from '@libp2p/interface'
import { MAX_TOPIC_NAME_BYTES, MAX_TOPICS_PER_PEER } from '../limits.ts'
import { limitedComponents } from './limited-components.ts'
import { messageId } from './message-id.ts'
import type { Router, RouterComponents } from './router.ts'

/** The parts of Floodsub's router that its package types do not show and that are overridden here (11.0.28). */
interface FloodSub {
  readonly topics: Map<string, { has: (peer: PeerId) => boolean }>
  readonly seenCache: { has: (id: string) => boolean, put: (id: string, seen: boolean) => void }
  buildMessage: (message: { from: PeerId, topic: string, data: Uint8Array, sequenceNumber: bigint }) => Promise<Message>
  getMsgId: (message: Message) => Uint8Array | Promise<Uint8Array>
  processMessage: (from: PeerId, message: Message) => Promise<void>
  validate: (from: PeerId, message: Message) => Promise<void>
  processRpcSubOpt: (peer: PeerId, option: { subscribe?: boolean, topic?: string }) => void
  _removePeer: (peer: PeerId) => void
  getSubscribers: (topic: string) => PeerId[]
  readonly peers: { get: (peer: PeerId) => { readonly outboundPb?: unknown } | undefined }
}

/** As long as Gossipsub remembers what it has seen, where Floodsub's own 30 s let echoes of a slow peer through again. */
const SEEN_TTL = 120_000

/** Floodsub as Natter needs it: each override names the trap that it closes. */
export function createFloodsubRouter (components: RouterComponents): Router {
  const router = floodsub({ seenTTL: SEEN_TTL })(limitedComponents(components)) as unknown as FloodSub
  fullSequenceNumbers(router)
  idsAsGo(router)
  validateBeforeRemembering(router)
  capTopics(router)
  countReachable(router)
  return router as unknown as Router
}

/**
 * Trap: a sequence number below 2^56 loses its leading zeros, and Gossipsub
 * peers reject it (1 post in 256). The top bit keeps all 8 bytes.
 * Trap: a post that a neighbour sends back is handed to its own author. An
 * own post counts as seen from the start.
 */
function fullSequenceNumbers (router: FloodSub): void {
  const build = router.buildMessage.bind(router)
  router.buildMessage = async (message) => {
    const built = await build({ ...message, sequenceNumber: BigInt.asUintN(64, message.sequenceNumber | (1n << 63n)) })
    router.seenCache.put(toString(await router.getMsgId(built), 'base64'), true)
    return built
  }
}

/** Trap: the default id differs from Go's; see {@link messageId}. */
function idsAsGo (router: FloodSub): void {
  router.getMsgId = (message) => {
    if (message.type !== 'signed') {
      throw new TypeError('an unsigned message has no id')
    }
    return messageId(message)
  }
}

/**
 * Trap: a message counts as seen before its signature is checked, so a forged
 * copy that comes first makes the real one vanish.
 */
function validateBeforeRemembering (router: FloodSub): void {
  const process = router.processMessage.bind(router)
  const validate = router.validate.bind(router)
  const valid = new WeakSet()
  router.processMessage = async (from, message) => {
    if (router.seenCache.has(toString(await router.getMsgId(message), 'base64'))) {
      return
    }
    await validate(from, message)
    valid.add(message)
    await process(from, message)
  }
  router.validate = async (from, message) => {
    if (!valid.has(message)) {
      await validate(from, message)
    }
  }
}

/** Trap: Floodsub takes in any number of topics of any length from a peer; Gossipsub has a cap. */
function capTopics (router: FloodSub): void {
  const take = router.processRpcSubOpt.bind(router)
  const counts = new Map<string, number>()
  router.processRpcSubOpt = (peer, option) => {
    const topic = option.topic ?? ''
    const known = router.topics.get(topic)?.has(peer) === true
    if (option.subscribe === true && !known) {
      const key = peer.toString()
      const count = counts.get(key) ?? 0
      if (count >= MAX_TOPICS_PER_PEER || topic.length > MAX_TOPIC_NAME_BYTES) {
        return
      }
      counts.set(key, count + 1)
    } else if (option.subscribe !== true && known) {
      counts.set(peer.toString(), (counts.get(peer.toString()) ?? 1) - 1)
    }
    take(peer, option)
  }
  const remove = router._removePeer.bind(router)
  router._removePeer = (peer) => {
    counts.delete(peer.toString())
    remove(peer)
  }
}

/**
 * Trap: a peer whose stream to us stands and ours to them not yet is named
 * among the recipients, and what is sent to it vanishes without a word.
 */
function countReachable (router: FloodSub): void {
  const subscribers = router.getSubscribers.bind(router)
  router.getSubscribers = (topic) => subscribers(topic).filter((peer) => router.peers.get(peer)?.outboundPb !== undefined)
}
