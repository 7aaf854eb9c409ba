import type { PeerId } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { isNetworkAddress, getNetConfig, isPrivate } from '@libp2p/utils'
import { CODE_P2P, CODE_P2P_CIRCUIT, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { NodeError } from '../errors.ts'
import { isCircuit } from '../addresses/kinds.ts'

/** Bytes that a signed peer record may have: what libp2p's identify takes in a message. */
const MAX_RECORD_BYTES = 8_192
/** Addresses of one person that are tried. */
const MAX_ADDRESSES = 8

/** A signed peer record, checked. */
export interface OpenedRecord {
  readonly peerId: PeerId
  readonly addresses: readonly Multiaddr[]
  /** Rises with each record that a peer makes. */
  readonly sequence: bigint
}

/**
 * Opens a signed peer record and checks that the peer it speaks of signed it.
 *
 * @throws {NodeError} `ERR_BAD_RECORD`
 */
export async function openRecord (bytes: Uint8Array): Promise<OpenedRecord> {
  try {
    if (bytes.byteLength > MAX_RECORD_BYTES) {
      throw new RangeError(`${bytes.byteLength} bytes`)
    }
    const envelope = await RecordEnvelope.openAndCertify(bytes, PeerRecord.DOMAIN)
    const record = PeerRecord.createFromProtobuf(envelope.payload)
    if (!record.peerId.equals(peerIdFromPublicKey(envelope.publicKey))) {
      throw new Error('signed by another peer')
    }
    return { peerId: record.peerId, addresses: record.multiaddrs, sequence: record.seqNumber }
  } catch (cause) {
    throw new NodeError('ERR_BAD_RECORD', 'This peer record is damaged, or somebody else signed it.', { cause })
  }
}

/** Where to dial somebody, and through which relays it would go that we do not know. */
export interface DialPlan {
  readonly addresses: readonly Multiaddr[]
  readonly unknownRelays: readonly Multiaddr[]
}

/**
 * Makes addresses to dial from those that somebody's record names. Circuits go
 * through the relays that we agreed to, at the addresses that we know of them,
 * whatever the record says of where they are. Private addresses and names are left out.
 */
export function planDial (record: OpenedRecord, relays: ReadonlyMap<string, Multiaddr>, allowPrivate: boolean): DialPlan {
  const direct = new Map<string, Multiaddr>()
  const circuits = new Map<string, Multiaddr>()
  const unknown = new Map<string, Multiaddr>()
  for (const address of record.addresses) {
    if (!isCircuit(address)) {
      if (isIp(address) && (allowPrivate || !isPrivate(address))) {
        direct.set(address.toString(), address.encapsulate(`/p2p/${record.peerId.toString()}`))
      }
      continue
    }
    const relay = relayOf(address)
    if (relay === undefined) {
      continue
    }
    const ours = relays.get(relay.peer)
    if (ours !== undefined) {
      circuits.set(relay.peer, circuitThrough(ours, record.peerId))
    } else if (allowPrivate || !isIp(relay.address) || !isPrivate(relay.address)) {
      unknown.set(relay.peer, relay.address)
    }
  }
  return {
    addresses: [...circuits.values(), ...direct.values()].slice(0, MAX_ADDRESSES),
    unknownRelays: [...unknown.values()]
  }
}

/** The address of a peer through a relay. */
export function circuitThrough (relay: Multiaddr, peer: PeerId): Multiaddr {
  return relay.encapsulate(`/p2p-circuit/p2p/${peer.toString()}`)
}

/** The relay in a circuit's address. */
export function relayOf (address: Multiaddr): { readonly peer: string, readonly address: Multiaddr } | undefined {
  const components = address.getComponents()
  const circuit = components.findIndex(({ code }) => code === CODE_P2P_CIRCUIT)
  const before = components.slice(0, circuit)
  const peer = before.findLast(({ code }) => code === CODE_P2P)?.value
  return circuit < 0 || peer === undefined ? undefined : { peer, address: multiaddr(before) }
}

function isIp (address: Multiaddr): boolean {
  const type = isNetworkAddress(address) ? getNetConfig(address).type : undefined
  return type === 'ip4' || type === 'ip6'
}
