import { findInvite } from '../../../text/invite-link.ts'
import { findRelay as findNamed } from '../../../text/relay-text.ts'
import { explainAddress } from '../../node/addresses/explain.ts'
import { holdsPrivateKey } from '../../node/addresses/private-key.ts'
import { checkRelayAddress, type RelayAddressOptions } from '../../node/addresses/relay-address.ts'
import { readRelayName } from '../../node/relays/relay-name.ts'
import { CallError } from '../errors.ts'
import { findRelay, withoutRelay, withRelays, withUnwanted, type StoredRelay } from '../relay-list.ts'
import { looksLikeList } from '../relay-sources/lists/reference.ts'
import { agreeToNamed } from '../relay-sources/named-relays.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

type RelayDeps = Pick<ApiDeps, 'sources' | 'settings' | 'notices'>

/** Makes the relays that the settings name what they are from now on: in settings, and for the node. */
export async function setRelays (deps: RelayDeps, relays: StoredRelay[]): Promise<void> {
  deps.settings.update({ relays })
  await applyNow(deps)
}

async function applyNow (deps: RelayDeps): Promise<void> {
  deps.sources.apply()
  await saveNow(deps)
}

/**
 * Calls about relays, where they come from, and addresses.
 *
 * @param resolve looks names up; for tests
 */
export function relayHandlers (deps: ApiDeps, resolve?: RelayAddressOptions['resolve']): Pick<Handlers, 'addRelay' | 'removeRelay' | 'approveRelay' | 'removeRelayName' | 'refreshRelaySources' | 'removeRelayList' | 'explainAddress'> {
  const { session, settings, sources } = deps
  return {
    addRelay: async ({ address: text }) => {
      // What is pasted by mistake is looked at no further: `checkRelayAddress` says what it is.
      const isOther = holdsPrivateKey(text) || findInvite(text) !== undefined
      const found = isOther ? text : findNamed(text)?.text ?? text
      if (looksLikeList(found)) {
        await sources.addList(found)
        await saveNow(deps)
        return null
      }
      const name = isOther ? undefined : readRelayName(found)
      if (name !== undefined) {
        await sources.addName(name)
        await saveNow(deps)
        return null
      }
      const { address } = await checkRelayAddress(text, { ownPeerId: session.self()?.peerId, ...(resolve === undefined ? {} : { resolve }) })
      await setRelays(deps, withRelays(settings.stored().relays, [{ address, source: { kind: 'settings' }, approved: true }]))
      return null
    },
    removeRelay: async ({ peerId }) => {
      const relay = findRelay(sources.candidates(), peerId)
      settings.update({ relays: withoutRelay(settings.stored().relays, peerId) })
      // Otherwise whoever offered it would bring it back at once.
      if (relay !== undefined && relay.source.kind !== 'settings') settings.update({ unwantedRelays: withUnwanted(settings.stored().unwantedRelays, peerId) })
      await applyNow(deps)
      return null
    },
    approveRelay: async ({ peerId }) => {
      const { relays, relayNames } = settings.stored()
      const relay = findRelay(relays, peerId)
      const named = agreeToNamed(relayNames, peerId)
      if (relay === undefined && named === undefined) throw new CallError('ERR_UNKNOWN_RELAY', 'This relay is not in the list any more: add it by its address.')
      if (named !== undefined) {
        settings.update({ relayNames: named })
        deps.notices.remove('relay-name')
      }
      await setRelays(deps, relay === undefined ? relays : withRelays(relays, [{ ...relay, approved: true }]))
      return null
    },
    removeRelayName: async ({ name }) => {
      sources.removeName(name)
      await saveNow(deps)
      return null
    },
    refreshRelaySources: () => {
      sources.refresh()
      return null
    },
    removeRelayList: async ({ id }) => {
      sources.removeList(id)
      await saveNow(deps)
      return null
    },
    explainAddress: ({ address }) => explainAddress(address)
  }
}
