import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHandlers } from '../../../main/desktop/api/index.ts'
import type { Handlers } from '../../../main/desktop/api/handlers.ts'
import { createKeys } from '../../../main/desktop/keys/keys.ts'
import type { Sealer } from '../../../main/desktop/keys/sealer.ts'
import { createErrands, type Errands } from '../../../main/desktop/errands.ts'
import { createNotices, type Notices } from '../../../main/desktop/notices.ts'
import { openSettingsOrFail } from '../../../main/desktop/open-settings.ts'
import { createPushes } from '../../../main/desktop/push.ts'
import { createRelaySources, type RelaySources } from '../../../main/desktop/relay-sources/relay-sources.ts'
import { createProtocolSamples } from '../../../main/desktop/protocols/samples.ts'
import { createSession, type Session } from '../../../main/desktop/session.ts'
import type { NamedRelays } from '../../../main/node/relays/resolve-relay-name.ts'
import { peerIdOf } from '../../../main/node/identity.ts'
import type { DesktopService } from '../../../main/desktop/desktop.ts'
import type { Updates } from '../../../main/desktop/updates/updates.ts'
import type { DesktopNodeOptions } from '../../../main/node/types.ts'
import type { SettingsService } from '../../../main/settings/settings.ts'
import { storeKeyOf } from '../../../main/store/key.ts'
import { readAside } from '../../../main/store/salvage.ts'
import { createStore } from '../../../main/store/sqlite-store.ts'
import type { Store } from '../../../main/store/types.ts'
import type { Answer, Argument, CallName, EventName, Events, Push, PushBatch } from '../../../preload/contract/index.ts'
import { DRIVER } from '../../support/store.ts'
import { FakeNode } from './fake-node.ts'

/** The main process without Electron and without a network: settings, keys and store (over its worker) are the real ones. */
export interface TestApp {
  readonly folder: string
  readonly session: Session
  readonly sources: RelaySources
  /** What DNS says of relays, by name. */
  readonly names: Map<string, NamedRelays>
  readonly settings: SettingsService
  readonly notices: Notices
  readonly errands: Errands
  readonly handlers: Handlers
  /** Nodes in the order in which they were made. */
  readonly nodes: readonly FakeNode[]
  readonly made: readonly DesktopNodeOptions[]
  readonly batches: readonly PushBatch[]
  readonly clipboard: readonly string[]
  readonly themes: readonly string[]
  /** Web addresses that were handed to the browser. */
  readonly links: readonly string[]
  /** What the window asked of the system, in order. */
  readonly asks: readonly string[]
  /** What the dialogs asked, and the path that the person chooses next. */
  readonly files: { readonly asked: readonly string[], next: string | undefined }
  /** Carries out a call. */
  readonly call: <K extends CallName>(name: K, argument: Argument<K>) => Promise<Answer<K>>
  /** What was pushed under a name, up to now. */
  readonly heard: <K extends EventName>(event: K) => readonly Events[K][]
}

/** How a {@link TestApp} begins. */
export interface TestAppOptions {
  readonly folder?: string
  /** Whether there is a key store. @default true */
  readonly keyStore?: boolean
  /** Awaited before each node is there. */
  readonly beforeNode?: () => Promise<void>
  /** The port that a node gets. @default as asked, or 4321 */
  readonly port?: (wanted: number) => number
  /** Changes each store that is opened, to make it fail. */
  readonly withStore?: (store: Store) => Store
}

const sealer = (available: boolean): Sealer => ({
  isAvailable: async () => available, seal: async (bytes) => bytes, open: async (secret) => ({ secret, isStale: false })
})

/** Makes an app; `session.start()` is the test's to call. */
export async function makeApp ({ folder, keyStore = true, beforeNode = async () => {}, port = (wanted) => wanted === 0 ? 4321 : wanted, withStore = (store) => store }: TestAppOptions = {}): Promise<TestApp> {
  const place = folder ?? await mkdtemp(join(tmpdir(), 'natter-app-'))
  const batches: PushBatch[] = []
  const nodes: FakeNode[] = []
  const made: DesktopNodeOptions[] = []
  const clipboard: string[] = []
  const themes: string[] = []
  const links: string[] = []
  const asked: string[] = []
  const names = new Map<string, NamedRelays>()
  const files: { readonly asked: readonly string[], next: string | undefined } = { asked, next: undefined }
  const answer = async ({ title }: { readonly title: string }): Promise<string | undefined> => {
    asked.push(title)
    return files.next
  }
  const pushes = createPushes({ send: (batch) => { batches.push(batch) } })
  const notices = createNotices(pushes)
  const errands = createErrands(pushes)
  const asks: string[] = []
  const desktop: DesktopService = {
    state: () => ({ safeMode: false, startAtLogin: 'off', tray: true, folders: { data: place, logs: join(place, 'logs') }, crashes: [] }),
    setStartAtLogin: async (on) => { asks.push(`start at login: ${String(on)}`) },
    openFolder: async (folder) => { asks.push(`open ${folder}`) },
    deleteCrashes: async () => { asks.push('delete crashes') },
    forgetImages: async () => { asks.push('forget images') },
    showPostMenu: async ({ link }) => link ? 'copyLink' : 'copyMessage',
    restart: (safeMode) => { asks.push(`restart, safe mode: ${String(safeMode)}`) }
  }
  const updates: Updates = {
    state: () => ({ kind: 'off', why: 'A test.' }), check: async () => { asks.push('check') }, install: async () => { asks.push('install') }, start: () => {}, stop: async () => {}
  }
  const { settings, failure } = await openSettingsOrFail(place, { notices, pushes })
  const keys = createKeys({ path: join(place, 'identity.json'), sealer: sealer(keyStore) })
  const sources = createRelaySources({ settings, pushes, notices, node: () => session.running()?.node, lookUp: async ({ text }) => names.get(text) ?? { kind: 'failed', answered: true, words: `The name ${text} does not exist.` } })
  const session: Session = createSession({
    settings, keys, pushes, notices, failure, candidates: sources.candidates, onHeard: (took) => { samples.heard(took) },
    // There is no window to wait for.
    firstLook: { taken: () => {}, wait: async () => {} },
    openStore: async (key) => withStore(await createStore({ path: join(place, 'posts.db'), key: storeKeyOf(key), driverPath: DRIVER })),
    createNode: async (options) => {
      await beforeNode()
      const node = new FakeNode(peerIdOf(options.privateKey), port(options.listenPort))
      node.pubsub.topics = [...options.topics]
      nodes.push(node)
      made.push(options)
      return node
    }
  })
  const samples = createProtocolSamples({ node: () => session.running()?.node, signal: session.signal, pushes })
  const handlers = createHandlers({
    session, sources, settings, keys, notices, pushes, errands, desktop, updates, samples, onLeave: () => {},
    sealer: sealer(keyStore),
    attention: { lookAt: (topic) => { asks.push(`look at ${String(topic)}`) } },
    writeClipboard: async (text) => { clipboard.push(text) },
    applyTheme: (theme) => { themes.push(theme) },
    openExternal: async (url) => { links.push(url) },
    askForFile: { save: answer, open: answer },
    folder: place,
    readAside: (path, key) => readAside({ path, key: storeKeyOf(key), driverPath: DRIVER }),
    version: '0.0.0',
    standIn: false
  }, { resolve: async (name) => name === 'nowhere.example' ? [] : ['203.0.113.7'] })

  return {
    folder: place, session, sources, names, settings, notices, errands, handlers, nodes, made, batches, clipboard, themes, links, files, asks,
    call: async <K extends CallName>(name: K, argument: Argument<K>) => {
      const handler = handlers[name] as (argument: Argument<K>) => Answer<K> | Promise<Answer<K>>
      return handler(argument)
    },
    heard: <K extends EventName>(event: K) => {
      pushes.flush()
      return batches.flatMap((batch) => batch.pushes).filter((push): push is Push & { readonly event: K } => push.event === event).map(({ value }) => value as Events[K])
    }
  }
}

/** The node that runs now. */
export function lastNode ({ nodes }: TestApp): FakeNode {
  const node = nodes.at(-1)
  if (node === undefined) throw new Error('no node was made')
  return node
}
