import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { Post } from '../../preload/contract/index.ts'
import { raisedQuota } from '../node/quotas/post-quota.ts'
import type { SettingsService } from '../settings/settings.ts'
import { readAside } from '../store/salvage.ts'
import { createStore } from '../store/sqlite-store.ts'
import { createHandlers } from './api/index.ts'
import type { Handlers } from './api/handlers.ts'
import { createKeys } from './keys/keys.ts'
import { storeKeyOf } from '../store/key.ts'
import type { Attention, DesktopService } from './desktop.ts'
import type { Errands } from './errands.ts'
import type { Notices } from './notices.ts'
import { createPostNumbers } from './post-numbers.ts'
import type { Pushes } from './push.ts'
import { fetchListFrom, readReferences, SYSTEM_LISTS } from './relay-sources/lists/given.ts'
import { createLookUpName } from './relay-sources/look-up-name.ts'
import { createRelaySources } from './relay-sources/relay-sources.ts'
import { createProtocolSamples } from './protocols/samples.ts'
import { createSession, type Session } from './session.ts'
import { createProxyFor } from './proxy/proxy-for.ts'
import { resolveBehindProxy } from './proxy/resolve-behind-proxy.ts'
import type { Web } from './proxy/web.ts'
import { OFFLINE, refuseNames } from './safe-mode/words.ts'
import type { System } from './system.ts'
import type { Updates } from './updates/updates.ts'

/** What the light parts of the start hand to the heavy ones. */
export interface ServicesDeps {
  /** Absolute path of the data directory. */
  readonly folder: string
  readonly settings: SettingsService
  /** No network at all. */
  readonly safeMode: boolean
  /** Nothing can be done, and this is why. */
  readonly failure: string | undefined
  readonly pushes: Pushes
  readonly notices: Notices
  readonly errands: Errands
  readonly desktop: DesktopService
  readonly attention: Attention
  /** Somebody else posted just now. */
  readonly onArrive: (post: Post) => void
  readonly updates: Updates
  readonly system: System
  readonly web: Web
  /** A worker of the store that is about to be there; the first store takes it. */
  readonly storeWorker: Worker | undefined
  /** Absolute paths of the programs of the workers of store and simulation. */
  readonly workerPath: string
  readonly simulationPath: string
  /** Tells when nobody can see any more what the window showed. */
  readonly onLeave: (listener: () => void) => void
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
export function createServices ({ folder, settings, safeMode, failure, pushes, notices, errands, desktop, attention, onArrive, updates, system, web, storeWorker, workerPath, simulationPath, onLeave, driverPath }: ServicesDeps): Services {
  let spare = storeWorker
  const keys = createKeys({ path: join(folder, 'identity.json'), sealer: system.sealer })
  const numbers = createPostNumbers(join(folder, 'post-numbers'))
  const proxyFor = createProxyFor({ settings, sealer: system.sealer, resolveProxy: system.resolveProxy })
  const resolve = resolveBehindProxy(proxyFor)
  const sources = createRelaySources({
    settings,
    pushes,
    notices,
    node: () => session.running()?.node,
    lookUp: createLookUpName(proxyFor, resolve),
    lists: {
      fetchList: async (url) => fetchListFrom(url, web.fetchIn('natter-relay-lists')),
      given: async () => ({ shipped: await system.shippedRelayLists(), system: process.platform === 'linux' ? await readReferences(SYSTEM_LISTS) : [] })
    },
    ...(safeMode ? { offline: OFFLINE } : {})
  })
  const session: Session = createSession({
    settings,
    keys,
    openStore: async (key) => {
      const worker = spare
      spare = undefined
      return createStore({ path: join(folder, 'posts.db'), key: storeKeyOf(key), worker, workerPath, driverPath: driverPath() })
    },
    pushes,
    notices,
    failure,
    onArrive,
    onHeard: (took) => { samples.heard(took) },
    candidates: sources.candidates,
    // Loaded when the window shows something: libp2p alone takes longer to load than the window to open.
    createNode: async (options) => (await import('../node/desktop-node.ts')).createDesktopNode({ ...options, proxyFor, numbers, postQuota: raisedQuota(Number(process.env['NATTER_POST_QUOTA'])) }),
    // For tests whose people all live on one machine.
    allowPrivate: process.env['NATTER_ALLOW_PRIVATE'] === '1',
    ...(safeMode ? { offline: OFFLINE } : {})
  })
  const samples = createProtocolSamples({ node: () => session.running()?.node, signal: session.signal, pushes })
  session.signal.addEventListener('abort', sources.stop)
  sources.start()
  return {
    session,
    handlers: createHandlers({
      session,
      sources,
      settings,
      keys,
      notices,
      pushes,
      errands,
      desktop,
      attention,
      updates,
      samples,
      simulationPath,
      onLeave,
      folder,
      readAside: (path, key) => readAside({ path, key: storeKeyOf(key), driverPath: driverPath(), workerPath }),
      ...system
    }, { resolve: safeMode ? refuseNames : resolve })
  }
}
