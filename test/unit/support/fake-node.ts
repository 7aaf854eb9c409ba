import { EventEmitter } from 'node:events'
import type {
  KnownPerson, Member, NatterNode, NodeEvents, People, PeopleEvents, Pubsub, PubsubEvents, PubsubMessage, ReachabilityEvents, ReachabilityService, RelayCandidate
} from '../../../main/node/types.ts'
import type { Protocol, ProtocolState, Reachability, Relay } from '../../../preload/contract/index.ts'

/** A message as pubsub hands it over. */
export function makeMessage (topic: string, data: Uint8Array, from = '12D3other'): PubsubMessage {
  return { topic, from, data, id: `${from}-${Math.random()}` }
}

/** Pubsub without a network: keeps what is published, delivers what a test says. */
export class FakePubsub extends EventEmitter<PubsubEvents> implements Pubsub {
  state: ProtocolState = { current: 'gossipsub', waiting: 0 }
  topics: string[] = []
  published: { readonly topic: string, readonly data: Uint8Array }[] = []
  recipients: readonly string[] = []
  seen: readonly string[] = []
  /** Awaited by every publish; set it to hold posts back or to fail. */
  gate: () => Promise<void> = async () => {}

  subscribe = (topic: string): void => { this.topics = [...this.topics, topic] }
  unsubscribe = (topic: string): void => { this.topics = this.topics.filter((other) => other !== topic) }
  subscribers = (): readonly string[] => this.recipients
  seenTopics = (): readonly string[] => this.seen
  publish = async (topic: string, data: Uint8Array): Promise<{ readonly recipients: readonly string[] }> => {
    await this.gate()
    this.published.push({ topic, data })
    return { recipients: this.recipients }
  }

  switchTo = async (protocol: Protocol): Promise<void> => {
    this.state = { current: protocol, waiting: 0 }
    this.emit('protocol:change', this.state)
  }
}

/** People as a test places them. */
export class FakePeople extends EventEmitter<PeopleEvents> implements People {
  members = new Map<string, readonly Member[]>()
  hubs = new Set<string>()
  known: KnownPerson[] = []
  record: Uint8Array = new Uint8Array([1, 2, 3])

  onTopic = (topic: string): readonly Member[] => this.members.get(topic) ?? []
  reached = (_topic: string, recipients: readonly string[]): number => recipients.filter((id) => !this.hubs.has(id)).length
  isHub = (peerId: string): boolean => this.hubs.has(peerId)
  know = async ({ record, topics }: { readonly record: Uint8Array, readonly topics: readonly string[] }): Promise<string> => {
    this.known.push({ peerId: '12D3known', record, topics })
    return '12D3known'
  }

  ownRecord = async (): Promise<Uint8Array> => this.record

  /** Somebody connected is on a topic from now on. */
  arrive (topic: string, ...peerIds: string[]): void {
    const path = { kind: 'direct', address: '/ip4/203.0.113.9/tcp/1' } as const
    this.members.set(topic, [...this.onTopic(topic), ...peerIds.map((peerId) => ({ peerId, path }))])
    this.emit('people:change', { topics: [topic] })
  }

  leave (topic: string): void {
    this.members.delete(topic)
    this.emit('people:change', { topics: [topic] })
  }
}

/** Reachability as a test sets it. */
export class FakeReachability extends EventEmitter<ReachabilityEvents> implements ReachabilityService {
  state: Reachability = { state: 'unknown', through: [], evidence: [] }
  relays: readonly Relay[] = []
  candidates: readonly RelayCandidate[] = []
  setCandidates = (candidates: readonly RelayCandidate[]): void => { this.candidates = candidates }
}

/** A node in memory, for what only faults and timing of the network can show. */
export class FakeNode extends EventEmitter<NodeEvents> implements NatterNode {
  readonly peerId: string
  addresses: readonly string[] = []
  port: number
  readonly pubsub = new FakePubsub()
  readonly people = new FakePeople()
  readonly reachability = new FakeReachability()
  mdns: boolean | undefined
  beRelay: boolean | undefined
  stopped = false

  constructor (peerId: string, port = 4321) {
    super()
    this.peerId = peerId
    this.port = port
  }

  setMdns = async (on: boolean): Promise<void> => { this.mdns = on }
  setBeRelay = async (on: boolean): Promise<void> => { this.beRelay = on }
  stop = async (): Promise<void> => { this.stopped = true }
}
