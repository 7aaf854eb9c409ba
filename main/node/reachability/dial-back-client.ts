import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import { getNetConfig, isNetworkAddress, isPrivate } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { monotonicNow } from '../clock.ts'
import { isCircuit } from '../addresses/kinds.ts'
import { DialBackRequestSchema, DialBackResponseSchema } from '../node_pb.ts'
import { PROTOCOLS } from '../protocols.ts'
import { ask } from '../streams.ts'

/** What a dial-back showed. */
export interface DialBackFinding {
  readonly relay: string
  /** By `monotonicNow`. */
  readonly at: number
  readonly reached: boolean
  /** The address that was dialled. */
  readonly address: string
  /** Why it was not reached. */
  readonly reason: string
}

/**
 * The address to have dialled: where the relay sees us, at the port that we
 * listen on. Undefined where that can prove nothing: behind a relay, without
 * a port, or in a private network.
 */
export function addressToTry (observed: Multiaddr | undefined, port: number, allowPrivate: boolean): Multiaddr | undefined {
  if (observed === undefined || port === 0 || isCircuit(observed) || !isNetworkAddress(observed)) {
    return undefined
  }
  const { type, host } = getNetConfig(observed)
  const address = type === 'ip4' || type === 'ip6' ? multiaddr(`/${type}/${host}/tcp/${port}`) : undefined
  return address === undefined || (!allowPrivate && isPrivate(address)) ? undefined : address
}

/** Asks a relay, over a connection to it, to dial an address of ours. */
export async function askDialBack (connection: Connection, relay: PeerId, address: Multiaddr): Promise<DialBackFinding> {
  const finding = { relay: relay.toString(), address: address.toString() }
  try {
    const request = toBinary(DialBackRequestSchema, create(DialBackRequestSchema, { address: address.bytes }))
    const answer = fromBinary(DialBackResponseSchema, await ask(connection, PROTOCOLS.dialBack, request))
    return { ...finding, at: monotonicNow(), reached: answer.reached, reason: answer.reason.slice(0, 200) }
  } catch {
    return { ...finding, at: monotonicNow(), reached: false, reason: 'The relay did not answer.' }
  }
}

/** Whether a peer serves dial-backs, from what identify told. */
export function servesDialBack (result: IdentifyResult): boolean {
  return result.protocols.includes(PROTOCOLS.dialBack.id)
}
