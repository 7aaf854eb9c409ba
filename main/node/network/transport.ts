import { CODE_P2P_CIRCUIT, type Multiaddr } from '@multiformats/multiaddr'
import type { Transport } from '../../../preload/contract/index.ts'

/** What carries the bytes of a connection to this address; of a circuit, as far as its relay. */
export function transportOf (address: Multiaddr): Transport {
  const components = address.getComponents()
  const circuit = components.findIndex(({ code }) => code === CODE_P2P_CIRCUIT)
  const names = new Set(components.slice(0, circuit < 0 ? undefined : circuit).map(({ name }) => name))
  if (names.has('wss') || (names.has('ws') && names.has('tls'))) return 'websocket-tls'
  if (names.has('ws')) return 'websocket'
  return names.has('tcp') ? 'tcp' : 'other'
}
