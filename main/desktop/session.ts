import { isDeepStrictEqual } from 'node:util'
import type { Phase, Post, Self } from '../../preload/contract/index.ts'
import { createKnownNames } from '../chat/known-names.ts'
import { createReading, type Reading } from '../chat/topics/reading.ts'
import type { Chat } from '../chat/types.ts'
import { peerIdOf } from '../node/identity.ts'
import type { DesktopNodeOptions, NatterNode, RelayCandidate } from '../node/types.ts'
import type { SettingsService } from '../settings/settings.ts'
import { MAX_NAMES } from '../chat/limits.ts'
import type { Store } from '../store/types.ts'
import { CallError, sentenceOf } from './errors.ts'
import { createFirstLook, type FirstLook } from './first-look.ts'
import type { Keys, OpenKey } from './keys/keys.ts'
import type { Notices } from './notices.ts'
import type { Pushes } from './push.ts'
import { relayCandidates } from './relay-sources/candidates.ts'
import { createSettingsKeeper } from './settings-keeper.ts'
import { createStoreKeeper, type OpenStore } from './store-keeper.ts'
import { within } from './within.ts'

/** Milliseconds that a call waits for a node that starts; a start takes under one second. */
const START_LIMIT = 10_000
/** Milliseconds after which quitting no longer waits for the node, nor for the store; a store that is not closed loses nothing. */
const STOP_LIMIT = 5_000

/** A node that runs, what is said over it, and where that is kept. */
export interface Running {
  readonly node: NatterNode
  readonly chat: Chat
  readonly store: Store
  readonly open: OpenKey
}

/** The app between start and quit: key, then node and store, then chat, and what the window may do meanwhile. */
export interface Session {
  readonly phase: () => Phase
  readonly self: () => Self | undefined
  readonly running: () => Running | undefined
  /** Where posts are kept, once it is open; that may be before the node runs. */
  readonly store: () => Store | undefined
  /** Resolves when what is private in the settings is not being opened at the moment. Never rejects. */
  readonly whenSettingsOpen: () => Promise<void>
  /** Aborts when the app ends. */
  readonly signal: AbortSignal
  /**
   * The node, once it runs; waits while it starts.
   *
   * @throws {CallError} `ERR_NOT_RUNNING`
   */
  readonly whenRunning: () => Promise<Running>
  /**
   * The posts that are kept, as soon as they can be read; that is before the node runs.
   *
   * @throws {CallError} `ERR_NOT_RUNNING`
   */
  readonly whenReadable: () => Promise<Reading>
  /** Opens the key, then node and store; what stands in the way becomes a phase. Never rejects. */
  readonly start: () => Promise<void>
  /** The person opened, made or wrapped the key. Starts the node if that is what it waited for. */
  readonly takeKey: (open: OpenKey) => void
  /** Ends the node and starts one with the settings as they are, the same key and the same posts. */
  readonly restart: () => Promise<void>
  /** Closes everything, in at most 10 s. */
  readonly stop: () => Promise<void>
}

/** What {@link createSession} stands on. */
export interface SessionDeps {
  readonly settings: SettingsService
  readonly keys: Keys
  readonly openStore: OpenStore
  readonly pushes: Pushes
  readonly notices: Notices
  /** Somebody else posted just now. @default nobody hears of it */
  readonly onArrive?: (post: Post) => void
  /** Pubsub brought a post so many milliseconds after it was written. @default nobody is told */
  readonly onHeard?: (took: number) => void
  readonly createNode: (options: DesktopNodeOptions) => Promise<NatterNode>
  /** The relays to choose from. @default what the settings alone say */
  readonly candidates?: () => RelayCandidate[]
  /** Whom the first node waits for. */
  readonly firstLook?: FirstLook
  /** See {@link DesktopNodeOptions.allowPrivate}. */
  readonly allowPrivate?: boolean
  /** See {@link DesktopNodeOptions.offline}. */
  readonly offline?: string
  /** Nothing can be done, and this is why: no key is opened, no node started. */
  readonly failure?: string | undefined
}

/** Holds the app's state; acts only when asked, announces through `pushes`. */
export function createSession (deps: SessionDeps): Session {
  const { settings, keys, openStore, pushes, notices, createNode, onArrive = () => {}, onHeard = () => {}, firstLook = createFirstLook(), allowPrivate = false, offline } = deps
  const candidates = deps.candidates ?? (() => relayCandidates(settings.stored()))
  const names = createKnownNames()
  const ending = new AbortController()
  const privateSettings = createSettingsKeeper({ settings, notices })
  const keeper = createStoreKeeper({ openStore, notices, onDamaged: () => { void inTurn(replaceStore) } })
  let phase: Phase = { kind: 'starting' }
  let opened: OpenKey | undefined
  let running: Running | undefined
  let forget: () => void = () => {}
  /** Starts and restarts, one after the other. */
  let work: Promise<void> = Promise.resolve()
  let stopped = false
  /** What the settings asked of the node before this one; undefined before the first. */
  let portWanted: number | undefined

  function enter (next: Phase): void {
    phase = next
    pushes.push('phase:change', next)
  }

  function self (): Self | undefined {
    if (opened === undefined) return undefined
    return { peerId: peerIdOf(opened.key), protection: opened.protection, addresses: running?.node.addresses ?? [], port: running?.node.port ?? 0 }
  }

  async function startNode (): Promise<void> {
    if (opened === undefined || stopped) return
    const { key } = opened
    // Beside the database, which takes longer.
    const opening = privateSettings.open(key)
    opening.catch(() => { /* Awaited below. */ })
    const store = await keeper.open(key)
    await opening
    if (phase.kind === 'starting') await letRead()
    if (ending.signal.aborted) return
    const { protocol, listenPort, mdns, directConnections, routerPort, beRelay, subscriptions, blocked } = settings.stored()
    const relays = candidates()
    const node = await createNode({ privateKey: key, protocol, listenPort, mdns, directConnections, routerPort, beRelay, relays, topics: subscriptions, known: settings.known(), blocked: blocked.map(({ peerId }) => peerId), allowPrivate, ...(offline === undefined ? {} : { offline }) })
    try {
      await startChat(node, store)
    } catch (error) {
      await node.stop()
      throw error
    }
    // What was changed while the node started.
    if (!isDeepStrictEqual(candidates(), relays)) node.reachability.setCandidates(candidates())
    node.reachability.setFinding(settings.stored().relaysThroughRelays !== 'off')
    tellPort(listenPort, node.port)
    if (phase.kind !== 'running') enter({ kind: 'running' })
  }

  /** The window shows what is kept, and the node waits until it does. */
  async function letRead (): Promise<void> {
    enter({ kind: 'reading' })
    if (settings.stored().subscriptions.length > 0) await firstLook.wait()
  }

  function reading (store: Store): Reading {
    const { listPosts, search } = createReading(store, {
      isSubscribed: (topic) => settings.stored().subscriptions.includes(topic),
      displayName: () => settings.stored().displayName
    })
    return { listPosts: async (...args) => listPosts(...args).finally(firstLook.taken), search }
  }

  async function startChat (node: NatterNode, store: Store): Promise<void> {
    if (opened === undefined) return
    // The most recent name last: it is the last to be forgotten.
    // A database that turns out damaged here is replaced as soon as the chat runs.
    const known = await store.names(MAX_NAMES).catch(() => [])
    // Loaded when the window shows something: it takes long, and reading what is kept needs none of it.
    const [{ createChat }, { announceAll, forwardEvents }] = await Promise.all([import('../chat/create-chat.ts'), import('./session-events.ts')])
    // Whoever has posted since their invite is called as they signed last.
    for (const { peerId, name = '' } of settings.known()) names.learn(peerId, name)
    for (const { peerId, name } of known.toReversed()) names.learn(peerId, name)
    const { displayName, seenNearby, subscriptions, blocked } = settings.stored()
    const chat = await createChat({ node, key: opened.key, store, names }, { subscriptions, displayName, seenNearby, blocked: blocked.map(({ peerId }) => peerId) })
    running = { node, chat, store, open: opened }
    forget = forwardEvents(running, { settings, pushes, notices, self, onArrive, onHeard, candidates, nameOf: names.of })
    announceAll(running, { pushes, self })
  }

  /** The node stays: only what is kept is another. */
  async function replaceStore (): Promise<void> {
    if (running === undefined || opened === undefined || stopped) return
    const { node, chat } = running
    running = undefined
    forget()
    await chat.close()
    try {
      await startChat(node, await keeper.replace(opened.key))
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  /** One notice says where Natter listens; it stays true over every start of a node. */
  function tellPort (wanted: number, got: number): void {
    const isChanged = (portWanted ?? wanted) !== wanted
    portWanted = wanted
    const isTold = notices.all().some(({ id, level }) => id === 'port' && level === 'info')
    // Without a network there is no port.
    if (got !== 0 && wanted !== 0 && wanted !== got) notices.add('port', 'warning', `Port ${wanted} is taken by another program; Natter listens on ${got}.`)
    else if (got !== 0 && (isChanged || isTold)) notices.add('port', 'info', `Natter listens on port ${got} now. Its connections were made anew; topics and posts are as they were.`)
    else notices.remove('port')
  }

  async function stopNode (): Promise<void> {
    const ending = running
    if (ending === undefined) return
    running = undefined
    forget()
    await ending.chat.close()
    await ending.node.stop()
  }

  async function restartNode (): Promise<void> {
    if (running === undefined) return
    const before = running.chat.topics()
    await stopNode()
    await startNode()
    // Topics that only connected people showed us: they come back as those people do.
    const now = new Set(settings.stored().subscriptions)
    for (const { id } of before) {
      if (!now.has(id)) pushes.push('topic:remove', { id })
    }
  }

  function inTurn (task: () => Promise<void>): Promise<void> {
    work = work.then(task).catch((error: unknown) => {
      console.error('natter: the node or the store failed:', error)
      enter({ kind: 'failed', message: isAboutPosts(error) ? sentenceOf(error) : `Natter's network part does not start: ${sentenceOf(error)}` })
    })
    return work
  }

  function takeKey (open: OpenKey): void {
    const isFirst = opened === undefined
    opened = open
    if (running !== undefined) running = { ...running, open }
    const me = self()
    if (me !== undefined) pushes.push('self:change', me)
    if (!isFirst) return
    enter({ kind: 'starting' })
    void inTurn(startNode).then(privateSettings.tidy)
  }

  async function start (): Promise<void> {
    if (deps.failure !== undefined) {
      enter({ kind: 'failed', message: deps.failure })
      return
    }
    try {
      const { state, notice } = await keys.open()
      if (notice !== undefined) notices.add('key', 'warning', notice)
      if (state.kind === 'open') takeKey(state)
      else enter(state)
    } catch (error) {
      enter({ kind: 'failed', message: sentenceOf(error) })
    }
    await work
  }

  async function whenRunning (): Promise<Running> {
    if (running === undefined && opened !== undefined && !stopped) await within(work, START_LIMIT)
    if (running !== undefined) return running
    throw new CallError('ERR_NOT_RUNNING', phase.kind === 'failed' ? phase.message : phase.kind === 'starting' || phase.kind === 'reading' || phase.kind === 'running' ? 'Natter is still starting: try again in a moment.' : 'Natter cannot do this before your identity key is open.')
  }

  return {
    phase: () => phase,
    self,
    running: () => running,
    store: keeper.current,
    whenSettingsOpen: privateSettings.whenOpen,
    signal: ending.signal,
    whenRunning,
    whenReadable: async () => {
      const store = keeper.current()
      return running === undefined && phase.kind === 'reading' && store !== undefined ? reading(store) : (await whenRunning()).chat
    },
    start,
    takeKey,
    restart: async () => inTurn(restartNode),
    stop: async () => {
      stopped = true
      ending.abort()
      await within(inTurn(stopNode), STOP_LIMIT)
      await within(keeper.close(), STOP_LIMIT)
      await settings.flush()
    }
  }
}

function isAboutPosts (error: unknown): boolean {
  return error instanceof Error && (error.name === 'StoreError' || error.name === 'CallError')
}
