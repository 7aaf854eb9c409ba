import type { Connection, IdentifyResult } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { lastPeerId } from '../addresses/peer-ids.ts'
import { createNode, type CreatedNode } from '../create-node.ts'
import { generateIdentity } from '../identity.ts'
import { CHECK_LIMITS } from '../limits.ts'
import { choosePort } from '../ports.ts'
import { askStanding } from '../reachability/relay-standing.ts'
import { isRefused, relayTrouble } from '../reachability/words.ts'
import type { ProxyFor } from '../transports/types.ts'

/** Which relays are probed, and how they are reached. */
export interface ProbeFrom {
  /** Addresses by peer id. */
  readonly approved: () => ReadonlyMap<string, Multiaddr>
  readonly proxyFor?: ProxyFor | undefined
}

/** What it takes to speak with a relay, in this order. */
export type ProbeStep = 'name' | 'tcp' | 'tls' | 'websocket' | 'handshake'

/** How a relay answered to somebody who came anew. */
export interface RelayProbe {
  readonly peerId: string
  readonly address: Multiaddr
  /** What came about, and the milliseconds that each took. */
  readonly steps: readonly { readonly step: ProbeStep, readonly ms: number }[]
  /** Undefined: it answered. */
  readonly failure?: { readonly words: string, readonly refused: boolean }
  /** Where the connection left this computer; undefined behind a proxy. */
  readonly from?: { readonly host: string, readonly port: number }
  /** Where the relay saw it come from. */
  readonly seenAs?: Multiaddr
  /** `host:port` of the proxy between. */
  readonly proxy?: string
  /** The relay's clock less ours, in milliseconds, and how far that may be wrong. */
  readonly clock?: { readonly ahead: number, readonly within: number }
}

/** What is noted while a connection comes about. */
interface Notes {
  readonly steps: { readonly step: ProbeStep, readonly ms: number }[]
  last: number
  from?: { readonly host: string, readonly port: number }
}

/**
 * Connects to relays as somebody new: another peer id, no place asked for, so
 * that nothing of ours on them is touched. All connections leave from one
 * port: what the relays see of it tells what kind of NAT is between.
 */
export async function probeRelays ({ approved, proxyFor }: ProbeFrom, signal: AbortSignal): Promise<readonly RelayProbe[]> {
  const relays = [...approved()].slice(0, CHECK_LIMITS.relays)
  if (relays.length === 0) return []
  const notes = new Map<string, Notes>(relays.map(([peer]) => [peer, { steps: [], last: performance.now() }]))
  const identified = new Map<string, PromiseWithResolvers<IdentifyResult>>(relays.map(([peer]) => [peer, Promise.withResolvers<IdentifyResult>()]))
  const prober = await createNode({
    role: 'desktop',
    privateKey: await generateIdentity(),
    listen: [],
    ...(proxyFor === undefined ? {} : { proxyFor }),
    watch: {
      localPort: await choosePort(0),
      onStep: (address, step, socket) => {
        const note = notes.get(lastPeerId(address) ?? '')
        if (note === undefined) return
        mark(note, step)
        if (socket?.localAddress !== undefined && socket.localPort !== undefined) note.from = { host: socket.localAddress, port: socket.localPort }
      }
    }
  })
  prober.components.events.addEventListener('peer:identify', ({ detail }) => { identified.get(detail.peerId.toString())?.resolve(detail) })
  await prober.libp2p.start()
  try {
    return await Promise.all(relays.map(async ([peer, address]) => {
      const note = notes.get(peer) ?? { steps: [], last: 0 }
      return probe(prober, peer, address, note, identified.get(peer)?.promise, signal)
    }))
  } finally {
    await prober.libp2p.stop()
  }
}

async function probe (prober: CreatedNode, peerId: string, address: Multiaddr, note: Notes, identified: Promise<IdentifyResult> | undefined, signal: AbortSignal): Promise<RelayProbe> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMITS.dial)])
  prober.gater.allowTarget(address)
  note.last = performance.now()
  try {
    const connection = await prober.libp2p.dial(address, {
      signal: bounded,
      onProgress: ({ type }) => {
        // Names that stand for whole addresses are looked up before any of them is dialled.
        if (type === 'dial-queue:calculated-addresses' && address.getComponents()[0]?.name === 'dnsaddr') mark(note, 'name')
        if (type === 'upgrader:encrypt-outbound-connection' && address.toString().includes('/ws')) mark(note, 'websocket')
      }
    })
    mark(note, 'handshake')
    const proxy = prober.outbound.proxyOf(connection.remoteAddr)
    const [clock, seenAs] = await Promise.all([askClock(connection), observed(identified, bounded)])
    return {
      peerId,
      address,
      steps: note.steps,
      ...(note.from === undefined ? {} : { from: note.from }),
      ...(seenAs === undefined ? {} : { seenAs }),
      ...(proxy === undefined ? {} : { proxy }),
      ...(clock === undefined ? {} : { clock })
    }
  } catch (error) {
    return { peerId, address, steps: note.steps, failure: { words: relayTrouble(error), refused: isRefused(error) } }
  }
}

function mark (note: Notes, step: ProbeStep): void {
  const now = performance.now()
  // Of several addresses of one name, the last one counts.
  const before = note.steps.findIndex((one) => one.step === step)
  if (before >= 0) note.steps.splice(before)
  note.steps.push({ step, ms: now - note.last })
  note.last = now
}

async function observed (identified: Promise<IdentifyResult> | undefined, signal: AbortSignal): Promise<Multiaddr | undefined> {
  const late = Promise.withResolvers<undefined>()
  const give = (): void => { late.resolve(undefined) }
  signal.addEventListener('abort', give, { once: true })
  try {
    return (await Promise.race([identified, late.promise]))?.observedAddr
  } finally {
    signal.removeEventListener('abort', give)
  }
}

/**
 * Compares clocks: the relay's was read at some moment between question and
 * answer, so that the middle of the two is wrong by half of it at most.
 */
async function askClock (connection: Connection): Promise<RelayProbe['clock']> {
  const asked = Date.now()
  const start = performance.now()
  const time = (await askStanding(connection))?.time
  const within = (performance.now() - start) / 2
  return time === undefined ? undefined : { ahead: time - (asked + within), within: within + 1 }
}
