import { toString } from 'uint8arrays/to-string'
import { floodsub } from '@libp2p/floodsub'
import type { Message } from '@libp2p/floodsub'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { MAX_TOPIC_NAME_BYTES, MAX_TOPICS_PER_PEER } from '../limits.ts'
import { boundAnnouncementsOnFloodsub } from './announcements.ts'
import type { Doorkeeper } from './early-refusal.ts'
import { takeTurnsOnFloodsub } from './fair-turns.ts'
import { wholeNumbersOnFloodsub } from './floodsub-numbers.ts'
import { limitedComponents } from './limited-components.ts'
import { messageId } from './message-id.ts'
import { nameThroughFloodsub } from './naming/floodsub-naming.ts'
import { moveDates } from './router-dates.ts'
import { canCarry, type Judge, type Router, type RouterComponents, type RouterOptions } from './router.ts'

interface PeerStreams {
  readonly inboundPb?: unknown
  outboundPb?: object | undefined
  attachOutboundStream: (stream: Stream) => void
  readonly shutDownController: AbortController
  close: () => void
}

/** The parts of Floodsub's router that its package types do not show and that are overridden here (11.0.28). */
interface FloodSub {
  readonly topics: Map<string, { has: (peer: PeerId) => boolean }>
  readonly seenCache: { has: (id: string) => boolean }
  getMsgId: (message: Message) => Uint8Array | Promise<Uint8Array>
  processMessage: (from: PeerId, message: Message) => Promise<void>
  validate: (from: PeerId, message: Message) => Promise<void>
  publishMessage: (from: PeerId, message: Message) => Promise<unknown>
  processRpcSubOpt: (peer: PeerId, option: { subscribe?: boolean, topic?: string }) => void
  _removePeer: (peer: PeerId) => void
  getSubscribers: (topic: string) => PeerId[]
  _onPeerDisconnected: (peer: PeerId) => void
  addPeer: (peer: PeerId, stream: Stream) => PeerStreams
  _onIncomingStream: (stream: Stream, connection: Connection) => void
  readonly peers: { get: (peer: PeerId) => PeerStreams | undefined, delete: (peer: PeerId) => void }
}

const INIT = {
  /** As long as Gossipsub remembers what it has seen, where Floodsub's own 30 s let echoes of a slow peer through again. */
  seenTTL: 120_000,
  /** Trap: by default it carries messages of any topic from one neighbour to another, past every check that we make of ours. */
  canRelayMessage: false
} as const

/** What `validate` says of a message whose signature does not match it. */
const BAD_SIGNATURE = 'StrictSigning: Invalid message signature'

/** Floodsub as Natter needs it: each override names the trap that it closes. */
export function createFloodsubRouter (components: RouterComponents, { judge, neighbours, nextNumber, doorkeeper, lines, onFlood }: RouterOptions): Router {
  const router = floodsub(INIT)(limitedComponents(components)) as unknown as FloodSub
  wholeNumbersOnFloodsub(router, nextNumber)
  idsAsGo(router)
  validateBeforeRemembering(router, components.peerId, judge, doorkeeper)
  capTopics(router)
  closeOwnStreamsOnly(router)
  countReachable(router)
  nameThroughFloodsub(router, neighbours)
  moveDates(router)
  takeTurnsOnFloodsub(router, lines)
  boundAnnouncementsOnFloodsub(router, onFlood)
  return router as unknown as Router
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
 * Trap: a post that a neighbour sends back is handed to its own author, and
 * flooded again. By author, not by id: a router that a switch of protocol made
 * anew remembers no ids.
 */
function validateBeforeRemembering (router: FloodSub, self: PeerId, judge: Judge, doorkeeper: Doorkeeper | undefined): void {
  const process = router.processMessage.bind(router)
  const validate = router.validate.bind(router)
  const publish = router.publishMessage.bind(router)
  const valid = new WeakSet()
  const passed = new WeakSet()
  router.publishMessage = async (from, message) => {
    if (!from.equals(self)) {
      passed.add(message)
      judge(from.toString(), message.topic, false)
    }
    return publish(from, message)
  }
  router.processMessage = async (from, message) => {
    const neighbor = from.toString()
    if ((message.type === 'signed' && message.from.equals(self)) || router.seenCache.has(toString(await router.getMsgId(message), 'base64'))) {
      judge(neighbor, message.topic, true)
      return
    }
    if (message.type === 'signed' && doorkeeper?.mayPass({ neighbor, author: message.from.toString(), topic: message.topic, bytes: message.data.byteLength }) === false) return
    try {
      await validate(from, message)
    } catch (error) {
      if (message.type === 'signed' && error instanceof Error && error.message === BAD_SIGNATURE) doorkeeper?.forged(neighbor)
      throw error
    }
    valid.add(message)
    await process(from, message)
    // Two copies may be checked at once: the second to be done is told apart only now.
    if (!passed.has(message)) {
      judge(neighbor, message.topic, true)
    }
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
      if (count >= MAX_TOPICS_PER_PEER || Buffer.byteLength(topic) > MAX_TOPIC_NAME_BYTES) {
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
 * Trap: a peer is named among the recipients also while our stream to it does
 * not stand yet, or no more, and where another took its place on a connection
 * that ended since; what is sent to it then vanishes without a word.
 */
function countReachable (router: FloodSub): void {
  const watched = new WeakSet<PeerStreams>()
  const attached = new WeakMap<object, Stream>()
  const add = router.addPeer.bind(router)
  router.addPeer = (peer, stream) => {
    const streams = add(peer, stream)
    if (!watched.has(streams)) {
      watched.add(streams)
      const attach = streams.attachOutboundStream.bind(streams)
      streams.attachOutboundStream = (next) => {
        const before = streams.outboundPb === undefined ? undefined : attached.get(streams.outboundPb)
        attach(next)
        if (streams.outboundPb !== undefined) {
          attached.set(streams.outboundPb, next)
        }
        // One stream to a peer: a second that is open hides that the first is not.
        void before?.close().catch((error: unknown) => { before.abort(error instanceof Error ? error : new Error(String(error))) })
      }
    }
    return streams
  }
  const subscribers = router.getSubscribers.bind(router)
  router.getSubscribers = (topic) => subscribers(topic).filter((peer) => {
    const streams = router.peers.get(peer)
    const stream = streams?.outboundPb === undefined ? undefined : attached.get(streams.outboundPb)
    return stream !== undefined && canCarry(stream) && streams?.shutDownController.signal.aborted === false
  })
}

/**
 * Trap: streams of a peer that comes back while its earlier ones still close
 * are added to these, and forgotten with them when they have closed at last;
 * and the end of an earlier stream from it resets the one that followed.
 */
function closeOwnStreamsOnly (router: FloodSub): void {
  const add = router.addPeer.bind(router)
  router.addPeer = (peer, stream) => {
    if (router.peers.get(peer)?.shutDownController.signal.aborted === true) {
      router.peers.delete(peer)
    }
    return add(peer, stream)
  }
  const take = router._onIncomingStream
  router._onIncomingStream = (stream, connection) => {
    const before = router.peers.get(connection.remotePeer)
    if (before?.inboundPb === undefined) {
      take(stream, connection)
      return
    }
    router.peers.delete(connection.remotePeer)
    take(stream, connection)
    const now = router.peers.get(connection.remotePeer)
    if (now !== undefined && !before.shutDownController.signal.aborted) {
      now.outboundPb = before.outboundPb
      before.outboundPb = undefined
    }
  }
  const remove = router._removePeer.bind(router)
  router._removePeer = (peer) => {
    if (router.peers.get(peer)?.shutDownController.signal.aborted !== false) {
      remove(peer)
    }
  }
  router._onPeerDisconnected = (peer) => {
    router.peers.get(peer)?.close()
    router._removePeer(peer)
  }
}
