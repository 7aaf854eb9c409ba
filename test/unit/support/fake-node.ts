import { EventEmitter } from 'node:events'
import type {
  Channel, ChannelProtocol, Channels, CheckQuestion, CheckResult, KnownPerson, Member, NatterNode, NodeEvents, People, PeopleEvents, Pubsub, PubsubCounts, PubsubEvents, PubsubMessage, PubsubTotals, ReachabilityEvents, ReachabilityService, RelayCandidate
} from '../../../main/node/types.ts'
import { PostAdmission } from '../../../main/node/quotas/post-admission.ts'
import type { Paths } from '../../../main/node/paths/types.ts'
import type { NetworkPeer, Protocol, ProtocolState, Reachability, Relay } from '../../../preload/contract/index.ts'

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
  /** Who is connected and on a topic, beside the recipients. */
  readonly there = new Map<string, readonly string[]>()
  /** Awaited by every publish; set it to hold posts back or to fail. */
  gate: () => Promise<void> = async () => {}

  subscribe = (topic: string): void => { this.topics = [...this.topics, topic] }
  unsubscribe = (topic: string): void => { this.topics = this.topics.filter((other) => other !== topic) }
  subscribers = (topic: string): readonly string[] => [...new Set([...this.recipients, ...this.there.get(topic) ?? []])]
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

  /** What came so far, by protocol. */
  readonly came: Record<Protocol, PubsubTotals> = { gossipsub: { first: 0, duplicates: 0, bytesIn: 0 }, floodsub: { first: 0, duplicates: 0, bytesIn: 0 } }
  totals = (protocol: Protocol): PubsubTotals => this.came[protocol]
  counts = (protocol: Protocol = this.state.current): PubsubCounts => ({ protocol, topics: [], control: [], mesh: {}, fanout: {} })
}

/** People as a test places them. */
export class FakePeople extends EventEmitter<PeopleEvents> implements People {
  members = new Map<string, readonly Member[]>()
  hubs = new Set<string>()
  /** How many hubs count on each topic without a name. */
  counted = new Map<string, number>()
  known: KnownPerson[] = []
  record: Uint8Array = new Uint8Array([1, 2, 3])

  onTopic = (topic: string): readonly Member[] => this.members.get(topic) ?? []
  unnamed = (topic: string): number => this.counted.get(topic) ?? 0
  reached = (topic: string, recipients: readonly string[]): number =>
    recipients.filter((id) => !this.hubs.has(id)).length + (recipients.some((id) => this.hubs.has(id)) ? this.unnamed(topic) : 0)

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

  /** Hubs count so many people on a topic, whom they cannot name. */
  count (topic: string, people: number): void {
    this.counted.set(topic, people)
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
  finding = false
  setCandidates = (candidates: readonly RelayCandidate[]): void => { this.candidates = candidates }
  setFinding = (on: boolean): void => { this.finding = on }
}

/** Our stream protocols between nodes in one process; each message is handed over as it is. */
export class FakeChannels implements Channels {
  readonly #self: string
  readonly #connected = new Map<string, FakeChannels>()
  #handler: ((channel: Channel) => Promise<void>) | undefined
  #watch: { readonly onPeer: (peerId: string) => void, readonly onGone: (peerId: string) => void } | undefined
  readonly shutOuts: string[] = []
  /** Channels that were opened from here. */
  opened = 0

  constructor (self: string) {
    this.#self = self
  }

  serve: Channels['serve'] = async (_protocol, handler, watch) => {
    this.#handler = handler
    this.#watch = watch
    for (const peerId of this.#connected.keys()) watch?.onPeer(peerId)
    return async () => {
      this.#handler = undefined
      this.#watch = undefined
    }
  }

  open = async (_protocol: ChannelProtocol, peerId: string): Promise<Channel> => {
    const other = this.#connected.get(peerId)
    const handler = other === undefined ? undefined : other.#handler
    if (handler === undefined) throw new Error('nobody there')
    this.opened++
    const [ours, theirs] = makeChannels(peerId, this.#self)
    handler(theirs).then(theirs.close, (error: unknown) => { theirs.abort(error instanceof Error ? error : new Error(String(error))) }).catch(() => {})
    return ours
  }

  shutOut = (peerId: string): void => { this.shutOuts.push(peerId) }

  connect (other: FakeChannels): void {
    this.#connected.set(other.#self, other)
    other.#connected.set(this.#self, this)
    this.#watch?.onPeer(other.#self)
    other.#watch?.onPeer(this.#self)
  }

  disconnect (other: FakeChannels): void {
    this.#connected.delete(other.#self)
    other.#connected.delete(this.#self)
    this.#watch?.onGone(other.#self)
    other.#watch?.onGone(this.#self)
  }
}

/** Both ends of one channel; `first` is who is at the other end of the first one. */
function makeChannels (first: string, second: string): readonly [Channel, Channel] {
  const lines = [makeLine(), makeLine()] as const
  const end = (peerId: string, mine: Line, theirs: Line): Channel => ({
    peerId,
    limited: false,
    bytesLeft: undefined,
    send: async (message) => { theirs.put(message.slice()) },
    receive: async () => mine.take(),
    close: async () => { theirs.end() },
    abort: (reason) => {
      mine.end(reason)
      theirs.end(reason)
    }
  })
  return [end(first, lines[0], lines[1]), end(second, lines[1], lines[0])]
}

interface Line {
  readonly put: (message: Uint8Array) => void
  readonly take: () => Promise<Uint8Array | undefined>
  readonly end: (reason?: Error) => void
}

function makeLine (): Line {
  const waiting: Uint8Array[] = []
  let ended: { readonly reason: Error | undefined } | undefined
  let wake = (): void => {}
  return {
    put: (message) => {
      if (ended !== undefined) throw new Error('closed')
      waiting.push(message)
      wake()
    },
    take: async () => {
      while (waiting.length === 0 && ended === undefined) await new Promise<void>((resolve) => { wake = resolve })
      if (ended?.reason !== undefined) throw ended.reason
      return waiting.shift()
    },
    end: (reason) => {
      ended ??= { reason }
      wake()
    }
  }
}

/** Two nodes meet on these topics: each sees the other there, and they can open channels. */
export function meet (a: FakeNode, b: FakeNode, ...topics: readonly string[]): void {
  for (const [one, other] of [[a, b], [b, a]] as const) {
    for (const topic of topics) one.pubsub.there.set(topic, [...one.pubsub.there.get(topic) ?? [], other.peerId])
  }
  a.channels.connect(b.channels)
  for (const [one, other] of [[a, b], [b, a]] as const) {
    for (const topic of topics) if (!one.people.hubs.has(other.peerId)) one.people.arrive(topic, other.peerId)
    one.pubsub.emit('subscribers:change', { topics })
  }
}

/** They are gone from each other. */
export function part (a: FakeNode, b: FakeNode, ...topics: readonly string[]): void {
  for (const [one, other] of [[a, b], [b, a]] as const) {
    for (const topic of topics) {
      one.pubsub.there.set(topic, (one.pubsub.there.get(topic) ?? []).filter((peerId) => peerId !== other.peerId))
      one.people.leave(topic)
    }
  }
  a.channels.disconnect(b.channels)
}

/** A node in memory, for what only faults and timing of the network can show. */
export class FakeNode extends EventEmitter<NodeEvents> implements NatterNode {
  readonly peerId: string
  addresses: readonly string[] = []
  port: number
  readonly pubsub = new FakePubsub()
  readonly people = new FakePeople()
  readonly reachability = new FakeReachability()
  readonly channels: FakeChannels
  connected: readonly NetworkPeer[] = []
  readonly network = { peers: (): readonly NetworkPeer[] => this.connected }
  readonly paths: Paths = { isOn: true, findings: [], why: () => '', mapping: () => undefined }
  admission = new PostAdmission()
  blocked: readonly string[] = []
  mdns: boolean | undefined
  directConnections: boolean | undefined
  routerPort: boolean | undefined
  beRelay: boolean | undefined
  stopped = false

  constructor (peerId: string, port = 4321) {
    super()
    this.peerId = peerId
    this.port = port
    this.channels = new FakeChannels(peerId)
  }

  setBlocked = (peerIds: readonly string[]): void => { this.blocked = peerIds }
  setMdns = async (on: boolean): Promise<void> => { this.mdns = on }
  setDirectConnections = async (on: boolean): Promise<void> => { this.directConnections = on }
  setRouterPort = async (on: boolean): Promise<void> => { this.routerPort = on }
  setBeRelay = async (on: boolean): Promise<void> => { this.beRelay = on }
  /** What a check answers; the questions it was asked. */
  readonly questions: CheckQuestion[] = []
  checked: () => Promise<CheckResult> = async () => ({ steps: [] })
  check = async (question: CheckQuestion): Promise<CheckResult> => {
    this.questions.push(question)
    return this.checked()
  }

  stop = async (): Promise<void> => { this.stopped = true }
}
