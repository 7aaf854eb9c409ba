import type { AddressReading, ProtocolState, Reachability, Relay, RelaySources, Result } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { followSwitch, type Switching } from '../logic/protocol-note.ts'

/** Relays, reachability, and the protocol in use. */
class Network {
  relays = $state.raw<readonly Relay[]>([])
  sources = $state.raw<RelaySources>({ names: [], lists: [] })
  reachability = $state.raw<Reachability>({ state: 'unknown', through: [], evidence: [] })
  protocol = $state.raw<ProtocolState>({ current: 'gossipsub', waiting: 0 })
  /** The change of protocol that is under way. */
  switching = $state.raw<Switching | undefined>(undefined)

  /** Takes the protocol's state; answers the remark that belongs between the posts, if any. */
  applyProtocol (value: ProtocolState): string | undefined {
    const step = followSwitch(this.switching, this.protocol, value, performance.now())
    this.switching = step.switching
    this.protocol = value
    return step.note
  }

  addRelay (address: string): Promise<Result<null>> {
    return call('addRelay', { address })
  }

  removeRelay (peerId: string): Promise<Result<null>> {
    return call('removeRelay', { peerId })
  }

  approveRelay (peerId: string): Promise<Result<null>> {
    return call('approveRelay', { peerId })
  }

  removeRelayName (name: string): Promise<Result<null>> {
    return call('removeRelayName', { name })
  }

  removeRelayList (id: string): Promise<Result<null>> {
    return call('removeRelayList', { id })
  }

  refreshRelaySources (): Promise<Result<null>> {
    return call('refreshRelaySources', {})
  }

  explain (address: string): Promise<Result<AddressReading>> {
    return call('explainAddress', { address })
  }
}

export const network = new Network()
