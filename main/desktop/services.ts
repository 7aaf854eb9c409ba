import { join } from 'node:path'
import { createDesktopNode } from '../node/desktop-node.ts'
import type { SettingsService } from '../settings/settings.ts'
import { readAside } from '../store/salvage.ts'
import { createStore } from '../store/sqlite-store.ts'
import { createHandlers } from './api/index.ts'
import type { Handlers } from './api/handlers.ts'
import { createKeys } from './keys/keys.ts'
import { storeKeyOf } from '../store/key.ts'
import type { Notices } from './notices.ts'
import type { PendingInvite } from './pending-invite.ts'
import type { Pushes } from './push.ts'
import { createSession, type Session } from './session.ts'
import type { System } from './system.ts'

/** What the light parts of the start hand to the heavy ones. */
export interface ServicesDeps {
  /** Absolute path of the data directory. */
  readonly folder: string
  readonly settings: SettingsService
  /** Nothing can be done, and this is why. */
  readonly failure: string | undefined
  readonly pushes: Pushes
  readonly notices: Notices
  readonly pendingInvite: PendingInvite
  readonly system: System
  /** Absolute path of the program of the store's worker. */
  readonly workerPath: string
  /** Absolute path of the SQLite module. @throws where it is not installed */
  readonly driverPath: () => string
}

/** Key, store, node and chat, and the handlers of the window's calls over them. */
export interface Services {
  readonly session: Session
  readonly handlers: Handlers
}

/**
 * Puts the heavy parts together. In a module of its own, which is loaded once
 * the window is on its way: libp2p alone takes longer to load than a window to open.
 */
export function createServices ({ folder, settings, failure, pushes, notices, pendingInvite, system, workerPath, driverPath }: ServicesDeps): Services {
  const keys = createKeys({ path: join(folder, 'identity.json'), sealer: system.sealer })
  const session = createSession({
    settings,
    keys,
    openStore: async (key) => createStore({ path: join(folder, 'posts.db'), key: storeKeyOf(key), workerPath, driverPath: driverPath() }),
    pushes,
    notices,
    failure,
    createNode: createDesktopNode,
    // For tests whose people all live on one machine.
    allowPrivate: process.env['NATTER_ALLOW_PRIVATE'] === '1'
  })
  return {
    session,
    handlers: createHandlers({
      session,
      settings,
      keys,
      notices,
      pushes,
      pendingInvite,
      folder,
      readAside: (path, key) => readAside({ path, key: storeKeyOf(key), driverPath: driverPath(), workerPath }),
      ...system
    })
  }
}
