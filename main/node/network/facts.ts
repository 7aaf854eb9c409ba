import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, IdentifyResult } from '@libp2p/interface'
import type { Link, LinkLimit, NetworkPeer, PeerRole } from '../../../preload/contract/index.ts'
import { openedAt } from '../connection-age.ts'
import type { CreatedNode } from '../create-node.ts'
import { relayOf } from '../discovery/records.ts'
import { MAX_SHOWN } from '../limits.ts'
import { PROTOCOLS } from '../protocols.ts'
import { isPubsubProtocol } from '../pubsub/router.ts'
import type { SwitchingPubsub } from '../pubsub/switching-pubsub.ts'
import { circuitTimeUnit } from '../reachability/circuit-time.ts'
import { shownDates } from '../shown-dates.ts'
import type { NetworkFacts } from '../types.ts'
import { bytesOf } from './link-bytes.ts'
import { transportOf } from './transport.ts'

/** What a peer said of itself. */
type Said = Pick<NetworkPeer, 'role' | 'relays' | 'agent' | 'addresses'>

const SILENT: Said = { role: 'unknown', relays: false, agent: '', addresses: [] }

/**
 * Gathers what is known of our connections. It keeps what peers say of
 * themselves when they say it, so that asking waits for nothing.
 */
export function createNetworkFacts ({ libp2p, components: { events } }: CreatedNode, pubsub: SwitchingPubsub): NetworkFacts {
  const said = new Map<string, Said>()
  const lengths = new WeakMap<Connection, number>()
  const dateOf = shownDates()
  const sinceOf = (connection: Connection): number => dateOf(connection, openedAt(connection))

  // What a circuit may last is read when it opens: libp2p counts it down by the wall clock.
  events.addEventListener('connection:open', ({ detail }) => {
    if (detail.limits?.seconds !== undefined) lengths.set(detail, detail.limits.seconds)
  })
  events.addEventListener('peer:identify', ({ detail }) => {
    if (libp2p.getConnections(detail.peerId).length > 0) said.set(detail.peerId.toString(), read(detail))
  })
  events.addEventListener('peer:disconnect', ({ detail }) => { said.delete(detail.toString()) })

  function limitOf (connection: Connection, relay: string | undefined): LinkLimit | undefined {
    const { limits } = connection
    if (limits === undefined) return undefined
    const units = lengths.get(connection)
    const until = units === undefined ? undefined : sinceOf(connection) + units * circuitTimeUnit(said.get(relay ?? '')?.agent ?? '')
    return { ...(limits.bytes === undefined ? {} : { bytes: Number(limits.bytes) }), ...(until === undefined ? {} : { until }) }
  }

  function linkOf (connection: Connection): Link {
    const { id, remoteAddr, direction, rtt } = connection
    const relay = relayOf(remoteAddr)?.peer
    const limit = limitOf(connection, relay)
    const bytes = bytesOf(connection)
    return {
      id,
      address: remoteAddr.toString(),
      transport: transportOf(remoteAddr),
      direction: direction === 'inbound' ? 'in' : 'out',
      ...(relay === undefined ? {} : { relay }),
      ...(limit === undefined ? {} : { limit }),
      ...(rtt === undefined ? {} : { rtt: Math.round(rtt * 10) / 10 }),
      bytesIn: bytes.in,
      bytesOut: bytes.out,
      since: sinceOf(connection)
    }
  }

  return {
    peers: () => {
      const links = new Map<string, Link[]>()
      for (const connection of libp2p.getConnections()) {
        if (connection.status !== 'open') continue
        const peerId = connection.remotePeer.toString()
        links.set(peerId, [...links.get(peerId) ?? [], linkOf(connection)])
      }
      const mesh = pubsub.topics.map((topic) => ({ topic, peers: new Set(pubsub.meshOn(topic)) }))
      return [...links].map(([peerId, all]) => ({
        peerId,
        ...said.get(peerId) ?? SILENT,
        topics: pubsub.sharedWith(peerId),
        tallies: pubsub.counted.with(peerId, pubsub.state.current),
        mesh: mesh.filter(({ peers }) => peers.has(peerId)).map(({ topic }) => topic),
        links: all.sort((a, b) => a.since - b.since)
      }))
    }
  }
}

function read ({ protocols, agentVersion, listenAddrs }: IdentifyResult): Said {
  return {
    role: roleOf(protocols),
    relays: protocols.includes(RELAY_V2_HOP_CODEC),
    agent: (agentVersion ?? '').slice(0, MAX_SHOWN.agent),
    addresses: listenAddrs.map((address) => address.toString()).filter(({ length }) => length <= MAX_SHOWN.addressLength).slice(0, MAX_SHOWN.addresses)
  }
}

/** A desktop that carries circuits for others is somebody's all the same: it takes part in pubsub. */
function roleOf (protocols: readonly string[]): PeerRole {
  if (protocols.includes(PROTOCOLS.hub.id)) return 'hub'
  return protocols.includes(RELAY_V2_HOP_CODEC) && !protocols.some(isPubsubProtocol) ? 'relay' : 'person'
}
