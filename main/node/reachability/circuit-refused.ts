import type { Transport } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import type { Components } from '../components.ts'
import { directConnections } from '../relay/addresses.ts'
import { askStanding } from './relay-standing.ts'
import { circuitWords, type CircuitTrouble } from './words.ts'

/** A relay refused a circuit. The message says why, in one sentence for people that names the relay by its peer id. */
export class CircuitRefusedError extends Error {
  override readonly name = 'CircuitRefusedError'
  readonly code = 'ERR_CIRCUIT_REFUSED'
  readonly relay: string
  readonly reason: CircuitTrouble

  constructor (relay: string, reason: CircuitTrouble, options?: ErrorOptions) {
    super(circuitWords(relay, reason), options)
    this.relay = relay
    this.reason = reason
  }
}

const STATUS: Readonly<Record<string, CircuitTrouble>> = {
  NO_RESERVATION: 'noReservation',
  CONNECTION_FAILED: 'connectionFailed',
  RESOURCE_LIMIT_EXCEEDED: 'limits',
  PERMISSION_DENIED: 'denied'
}

/**
 * Makes dials through a relay fail with a {@link CircuitRefusedError} where the
 * relay refused. Our relays are asked why; those of other programs have their status alone.
 *
 * @param factory makes libp2p's circuit transport
 */
export function explainCircuits (factory: (components: Components) => unknown): (components: Components) => Transport {
  return (components) => {
    const transport = factory(components) as Transport
    const dial = transport.dial.bind(transport)
    transport.dial = async (address, options) => {
      try {
        return await dial(address, options)
      } catch (error) {
        throw await explain(components, address, error)
      }
    }
    return transport
  }
}

async function explain ({ connectionManager }: Components, address: Multiaddr, error: unknown): Promise<unknown> {
  // libp2p says it in the text alone (circuit-relay-v2 4.2.13).
  const status = error instanceof Error ? STATUS[/via relay with status (\w+)$/u.exec(error.message)?.[1] ?? ''] : undefined
  const [relay, destination] = address.getComponents().filter(({ code }) => code === CODE_P2P).map(({ value }) => value)
  if (status === undefined || relay === undefined || destination === undefined) {
    return error
  }
  const [connection] = status === 'denied' ? directConnections(connectionManager.getConnections(peerIdFromString(relay))) : []
  const standing = connection === undefined ? undefined : await askStanding(connection, peerIdFromString(destination))
  return new CircuitRefusedError(relay, standing?.circuit ?? status, { cause: error })
}

/** The sentence about a refused circuit in what a dial failed with; undefined where none was refused. */
export function circuitTrouble (error: unknown): string | undefined {
  return refusedCircuit(error)?.message
}

/** The refusal of a relay in what a dial failed with. */
export function refusedCircuit (error: unknown): CircuitRefusedError | undefined {
  const all: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  return all.find((one) => one instanceof CircuitRefusedError)
}
