import { explainAddress } from '../../node/addresses/explain.ts'
import { checkRelayAddress, type RelayAddressOptions } from '../../node/addresses/relay-address.ts'
import type { RelayCandidate } from '../../node/types.ts'
import { CallError } from '../errors.ts'
import { findRelay, withoutRelay, withRelays } from '../relay-list.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

/** Makes the relays what they are from now on: in settings, and for the node. */
export async function setRelays (deps: Pick<ApiDeps, 'session' | 'settings' | 'notices'>, relays: RelayCandidate[]): Promise<void> {
  deps.settings.update({ relays })
  deps.session.running()?.node.reachability.setCandidates(relays)
  await saveNow(deps)
}

/**
 * Calls about relays and addresses.
 *
 * @param resolve looks names up; for tests
 */
export function relayHandlers (deps: ApiDeps, resolve?: RelayAddressOptions['resolve']): Pick<Handlers, 'addRelay' | 'removeRelay' | 'approveRelay' | 'explainAddress'> {
  const { session, settings } = deps
  return {
    addRelay: async ({ address: text }) => {
      const { address } = await checkRelayAddress(text, { ownPeerId: session.self()?.peerId, ...(resolve === undefined ? {} : { resolve }) })
      await setRelays(deps, withRelays(settings.stored().relays, [{ address, source: { kind: 'settings' }, approved: true }]))
      return null
    },
    removeRelay: async ({ peerId }) => {
      await setRelays(deps, withoutRelay(settings.stored().relays, peerId))
      return null
    },
    approveRelay: async ({ peerId }) => {
      const { relays } = settings.stored()
      const relay = findRelay(relays, peerId)
      if (relay === undefined) throw new CallError('ERR_UNKNOWN_RELAY', 'This relay is not in the list any more: add it by its address.')
      await setRelays(deps, withRelays(relays, [{ ...relay, approved: true }]))
      return null
    },
    explainAddress: ({ address }) => explainAddress(address)
  }
}
