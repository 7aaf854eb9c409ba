import type { RelayAddressOptions } from '../../node/addresses/relay-address.ts'
import { blockingHandlers } from './blocking.ts'
import { fileHandlers } from './files.ts'
import { desktopHandlers } from './desktop.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { inviteHandlers } from './invites.ts'
import { linkHandlers } from './links.ts'
import { protectionHandlers } from './protection.ts'
import { relayHandlers } from './relays.ts'
import { settingsHandlers } from './settings.ts'
import { snapshotHandlers } from './snapshot.ts'
import { topicHandlers } from './topics.ts'
import { updateHandlers } from './updates.ts'

/** One handler for each call of the contract; the compiler sees to it that none is missing. */
export function createHandlers (deps: ApiDeps, options: Pick<RelayAddressOptions, 'resolve'> = {}): Handlers {
  return {
    ...snapshotHandlers(deps),
    ...protectionHandlers(deps),
    ...settingsHandlers(deps),
    ...topicHandlers(deps),
    ...fileHandlers(deps),
    ...blockingHandlers(deps),
    ...linkHandlers(deps),
    ...relayHandlers(deps, options.resolve),
    ...inviteHandlers(deps),
    ...desktopHandlers(deps),
    ...updateHandlers(deps)
  }
}
