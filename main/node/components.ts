import type { ComponentLogger, ConnectionGater, Libp2pEvents, NodeInfo, PeerId, PeerStore, PrivateKey, TypedEventTarget, Upgrader } from '@libp2p/interface'
import type { AddressManager, ConnectionManager, RandomWalk, Registrar, TransportManager } from '@libp2p/interface-internal'

/** The parts of a libp2p node, as it hands them to its services. */
export interface Components {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly nodeInfo: NodeInfo
  readonly events: TypedEventTarget<Libp2pEvents>
  readonly logger: ComponentLogger
  readonly peerStore: PeerStore
  readonly registrar: Registrar
  readonly connectionManager: ConnectionManager
  readonly transportManager: TransportManager
  readonly addressManager: AddressManager
  readonly connectionGater: ConnectionGater
  readonly upgrader: Upgrader
  readonly randomWalk: RandomWalk
}
