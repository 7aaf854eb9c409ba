import type { RelayAddressOptions } from '../../node/addresses/relay-address.ts'
import { afterUnlock } from './after-unlock.ts'
import { blockingHandlers } from './blocking.ts'
import { desktopHandlers } from './desktop.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { lazily } from './lazily.ts'
import { linkHandlers } from './links.ts'
import { networkHandlers } from './network.ts'
import { protectionHandlers } from './protection.ts'
import { protocolHandlers } from './protocols.ts'
import { proxyHandlers } from './proxy.ts'
import { settingsHandlers } from './settings.ts'
import { snapshotHandlers } from './snapshot.ts'
import { topicHandlers } from './topics.ts'
import { updateHandlers } from './updates.ts'

/** One handler for each call of the contract; the compiler sees to it that none is missing. */
export function createHandlers (deps: ApiDeps, options: Pick<RelayAddressOptions, 'resolve'> = {}): Handlers {
  return {
    ...snapshotHandlers(deps),
    ...protectionHandlers(deps),
    ...afterUnlock(deps, settingsHandlers(deps)),
    ...proxyHandlers(deps),
    ...topicHandlers(deps),
    ...lazily(['exportTopic', 'importPosts', 'exportAside'], async () => (await import('./files.ts')).fileHandlers(deps)),
    ...blockingHandlers(deps),
    ...networkHandlers(deps),
    ...protocolHandlers(deps),
    ...lazily(['startSimulation', 'stopSimulation', 'saveSimulation', 'savePicture'], async () => (await import('./simulation.ts')).simulationHandlers(deps)),
    ...linkHandlers(deps),
    ...afterUnlock(deps, lazily(['addRelay', 'removeRelay', 'approveRelay', 'removeRelayName', 'refreshRelaySources', 'removeRelayList', 'explainAddress'], async () => (await import('./relays.ts')).relayHandlers(deps, options.resolve))),
    ...lazily(['createInvite', 'readInvite', 'joinInvite'], async () => (await import('./invites.ts')).inviteHandlers(deps)),
    ...lazily(['startCheck', 'stopCheck', 'copyCheckReport'], async () => (await import('./check.ts')).checkHandlers(deps)),
    ...desktopHandlers(deps),
    ...updateHandlers(deps)
  }
}
