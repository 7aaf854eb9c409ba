import { EventEmitter } from 'node:events'
import type { IdentifyResult } from '@libp2p/interface'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Reachability, Relay } from '../../../preload/contract/index.ts'
import { monotonicNow } from '../clock.ts'
import type { CreatedNode } from '../create-node.ts'
import type { ReachabilityEvents, ReachabilityService, RelayCandidate } from '../types.ts'
import { addressToTry, askDialBack, servesDialBack, type DialBackFinding } from './dial-back-client.ts'
import { FoundRelays } from '../relays/found-relays.ts'
import { onWake } from '../wake.ts'
import { isOnNetwork } from './own-network.ts'
import { RelayKeeper } from './relay-keeper.ts'

/** Milliseconds that the finding of a dial-back counts; it is asked for again before. */
const FINDING_LASTS = 10 * 60_000
const ASK_AGAIN = 8 * 60_000
/** Milliseconds between two looks at whether this computer is on a network at all. */
const NETWORK_LOOK = 5_000
/** Milliseconds that one is not asked for again for a wake alone. */
const FRESH = 60_000
/** Sentences of evidence that are kept. */
const EVIDENCE = 20

/** Says how others reach us, and what proves it. */
export class ReachabilityWatch extends EventEmitter<ReachabilityEvents> implements ReachabilityService {
  readonly keeper: RelayKeeper
  readonly #found: FoundRelays
  readonly #node: CreatedNode
  readonly #port: () => number
  readonly #allowPrivate: boolean
  readonly #offline: string | undefined
  readonly #findings = new Map<string, DialBackFinding>()
  readonly #asking = new Map<string, Promise<DialBackFinding>>()
  readonly #observed = new Map<string, IdentifyResult>()
  #evidence: readonly { readonly at: number, readonly text: string }[] = []
  #state: Reachability = { state: 'unknown', through: [], evidence: [] }
  #noNetwork = false
  #timer: NodeJS.Timeout | undefined
  #networkTimer: NodeJS.Timeout | undefined
  #unwake: () => void = () => {}

  constructor (node: CreatedNode, options: { readonly port: () => number, readonly allowPrivate: boolean, readonly offline?: string | undefined }) {
    super()
    this.#node = node
    this.#port = options.port
    this.#allowPrivate = options.allowPrivate
    this.#offline = options.offline
    this.keeper = new RelayKeeper(node)
    this.#found = new FoundRelays(node, { allowPrivate: options.allowPrivate, onFound: (from, relays) => { this.emit('relays:found', { from, relays }) } })
    this.keeper.on('relays:change', (relays) => { this.#onRelays(relays) })
    node.components.events.addEventListener('peer:identify', (event) => { this.#onIdentify(event.detail) })
    node.components.events.addEventListener('peer:disconnect', (event) => { this.#onDisconnect(event.detail.toString()) })
  }

  get state (): Reachability {
    return this.#state
  }

  get relays (): readonly Relay[] {
    return this.keeper.relays
  }

  start (): void {
    if (this.#offline !== undefined) {
      this.#note(this.#offline)
      this.#update([])
      return
    }
    this.keeper.start()
    this.#unwake = onWake(() => { this.#lookAgain() })
    this.#timer = setInterval(() => {
      for (const result of this.#observed.values()) {
        void this.#dialBack(result)
      }
    }, ASK_AGAIN)
    this.#networkTimer = setInterval(() => { void this.#lookAtNetwork() }, NETWORK_LOOK)
    void this.#lookAtNetwork()
  }

  stop (): void {
    clearInterval(this.#timer)
    clearInterval(this.#networkTimer)
    this.#unwake()
    this.#found.set(false)
    this.keeper.stop()
  }

  setCandidates (candidates: readonly RelayCandidate[]): void {
    // Without a network there is none to keep.
    if (this.#offline === undefined) this.keeper.setCandidates(candidates)
  }

  setFinding (on: boolean): void {
    if (this.#offline === undefined) {
      this.#found.set(on)
    }
  }

  async #lookAtNetwork (): Promise<void> {
    this.#noNetwork = !await isOnNetwork()
    this.#update(this.relays)
  }

  #onIdentify (result: IdentifyResult): void {
    const peer = result.peerId.toString()
    // Only our relays are asked: anybody else could claim to have dialled.
    if (!servesDialBack(result) || !this.keeper.approved().has(peer) || this.#observed.get(peer)?.connection === result.connection) {
      return
    }
    this.#observed.set(peer, result)
    void this.#dialBack(result)
  }

  /** What a relay found counts while we are connected to it: afterwards we may be in another network. */
  #onDisconnect (peer: string): void {
    this.#observed.delete(peer)
    const finding = this.#findings.get(peer)
    if (finding !== undefined) {
      this.#findings.delete(peer)
      this.#announce({ ...finding, reached: false })
      this.#update(this.relays)
    }
  }

  /** Has a relay dial us, or waits for it where it does so already; undefined where it is not connected, or there is no address to try. */
  async dialBack (relay: string): Promise<DialBackFinding | undefined> {
    const result = this.#observed.get(relay)
    return result === undefined ? undefined : this.#dialBack(result)
  }

  /** After a sleep what a dial-back proved may be over; relays answer six questions a minute. */
  #lookAgain (): void {
    for (const [relay, result] of this.#observed) {
      if ((this.#findings.get(relay)?.at ?? -Infinity) < monotonicNow() - FRESH) void this.#dialBack(result)
    }
    void this.#lookAtNetwork()
  }

  /** Has every relay that is connected dial us: what they found counts no longer. */
  dialBackAgain (): void {
    this.#observed.forEach((result) => { void this.#dialBack(result, true) })
  }

  async #dialBack (result: IdentifyResult, isAnew = false): Promise<DialBackFinding | undefined> {
    const peer = result.peerId.toString()
    const address = addressToTry(result.observedAddr, this.#port(), this.#allowPrivate)
    if (address === undefined || result.connection.limits !== undefined) {
      return undefined
    }
    const before = this.#asking.get(peer)
    if (before !== undefined && !isAnew) {
      return before
    }
    const asking: Promise<DialBackFinding> = (before ?? Promise.resolve()).then(async () => this.#ask(result, address)).finally(() => {
      if (this.#asking.get(peer) === asking) this.#asking.delete(peer)
    })
    this.#asking.set(peer, asking)
    return asking
  }

  async #ask (result: IdentifyResult, address: Multiaddr): Promise<DialBackFinding> {
    const finding = await askDialBack(result.connection, result.peerId, address)
    const before = this.#findings.get(finding.relay)
    this.#findings.set(finding.relay, finding)
    if (before !== undefined && before.address !== finding.address) {
      this.#announce({ ...before, reached: false })
    }
    this.#announce(finding)
    this.#note(finding.reached
      ? `Relay ${finding.relay} dialled ${finding.address} and reached us.`
      : `Relay ${finding.relay} dialled ${finding.address} and did not reach us: ${finding.reason}`)
    this.#update(this.relays)
    return finding
  }

  /** Others are told of a public address of ours as long as a dial-back proves it. */
  #announce ({ address, reached }: DialBackFinding): void {
    const { addressManager } = this.#node.components
    if (reached) {
      addressManager.confirmObservedAddr(multiaddr(address), { type: 'observed' })
    } else if (![...this.#findings.values()].some((other) => other.reached && other.address === address)) {
      addressManager.removeObservedAddr(multiaddr(address))
    }
  }

  #onRelays (relays: readonly Relay[]): void {
    const before = new Map(this.#relaysTold.map((relay) => [relay.peerId, relay.state]))
    for (const relay of relays) {
      if (before.get(relay.peerId) !== relay.state) {
        this.#note(`Relay ${relay.peerId}: ${relay.detail}`)
      }
    }
    this.#relaysTold = relays
    this.emit('relays:change', relays)
    this.#update(relays)
  }

  #relaysTold: readonly Relay[] = []

  #note (text: string): void {
    this.#evidence = [{ at: Date.now(), text }, ...this.#evidence].slice(0, EVIDENCE)
  }

  #update (relays: readonly Relay[]): void {
    const since = monotonicNow() - FINDING_LASTS
    const proof = [...this.#findings.values()].find(({ reached, at }) => reached && at > since)
    const through = relays
      .filter(({ state }) => state === 'reserved')
      .map(({ peerId, address, rtt }) => ({ relay: peerId, address, ...(rtt === undefined ? {} : { rtt }) }))
      .sort((a, b) => (a.rtt ?? Infinity) - (b.rtt ?? Infinity))
    const usable = relays.filter((relay) => relay.state !== 'asking')
    const allFailed = this.#offline !== undefined || usable.length > 0 && usable.every(({ state }) => state === 'down' || state === 'refused')
    const state = judge(proof !== undefined, through.length > 0, allFailed)
    const next: Reachability = { state, through, evidence: this.#evidence, ...(proof === undefined ? {} : { address: proof.address }), ...(this.#noNetwork ? { noNetwork: true as const } : {}) }
    if (JSON.stringify(next) !== JSON.stringify(this.#state)) {
      this.#state = next
      this.emit('reachability:change', next)
    }
  }
}

function judge (proven: boolean, relayed: boolean, allFailed: boolean): Reachability['state'] {
  if (proven) {
    return 'direct'
  }
  if (relayed) {
    return 'relayed'
  }
  return allFailed ? 'offline' : 'unknown'
}
