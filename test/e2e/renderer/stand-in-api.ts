import type { PostScript, StandInPosts } from './stand-in-posts.ts'
import type { ProtocolScript } from './stand-in-protocols.ts'
import type { Api, Blocked, CallName, InvitePreview, NetworkPeer, Person, Phase, Post, Push, Result, Snapshot, Topic } from '../../../preload/contract/index.ts'

/** What the stand-in begins with; all of it survives JSON. */
export interface Script extends PostScript, ProtocolScript {
  readonly snapshot?: Partial<Snapshot>
  readonly invites?: Readonly<Record<string, InvitePreview>>
  readonly passphrase?: string
  /** Whom we are connected to. */
  readonly network?: readonly NetworkPeer[]
  /** Milliseconds that every call takes. @default 0 */
  readonly delay?: number
}

/** What a test steers the stand-in with: `window.standIn`. */
export interface StandIn {
  /** Pushes as the main process would, one batch. */
  readonly push: (...pushes: readonly Push[]) => void
  /** Somebody else posts: the post and the topic's unread number are pushed. */
  readonly receive: (topic: string, author: string, authorName: string, text: string, time?: number, mention?: boolean) => void
  /** The next call of this name answers this. */
  readonly answerNext: (name: CallName, result: Result<unknown>) => void
  /** Calls of this name wait until `release`. */
  readonly hold: (name: CallName) => void
  readonly release: (name: CallName) => void
  readonly calls: readonly { readonly name: CallName, readonly argument: unknown }[]
  readonly clipboard: string
}

declare global {
  interface Window { readonly standIn: StandIn }
}

/**
 * Puts a `window.api` into the page that behaves as the contract says, with
 * everything in memory. It runs in the page, alone: it can use nothing from
 * outside its own body.
 */
export function standInBridge (script: Script): void {
  const ME = '12D3KooWAda1111111111111111111111111111111111111Ada1'
  let sequence = 10
  let snapshot: Snapshot = {
    sequence, phase: { kind: 'running' }, standIn: false, version: '0.1.0',
    self: { peerId: ME, protection: 'keystore', addresses: [], port: 41_234 },
    settings: {
      displayName: 'Ada', protocol: 'gossipsub', listenPort: 0, mdns: true, seenNearby: true, directConnections: true, routerPort: false, beRelay: false, proxy: { kind: 'system' }, theme: 'system',
      relaysByName: true, relaysFromLists: true, relaysThroughRelays: 'ask', relaysFromPeers: true,
      notifications: true, notificationText: true, stayReachable: false, checkUpdates: true, updateFeed: ''
    },
    desktop: { safeMode: false, startAtLogin: 'off', tray: true, folders: { data: '/home/ada/.config/natter', logs: '/home/ada/.config/natter/logs' }, crashes: [] },
    update: { kind: 'idle' },
    topics: [], people: [], relays: [], relaySources: { names: [], lists: [] }, notices: [], blocked: [],
    reachability: { state: 'unknown', through: [], evidence: [] },
    protocol: { current: 'gossipsub', waiting: 0 },
    ...script.snapshot
  }
  const store = window.standInPosts as StandInPosts
  const listeners = new Set<(batch: { sequence: number, pushes: readonly Push[] }) => void>()
  const answers: { name: CallName, result: Result<unknown> }[] = []
  const held = new Map<CallName, { promise: Promise<void>, release: () => void }>()
  const calls: { name: CallName, argument: unknown }[] = []
  let clipboard = ''
  let made = 0

  const ok = <T>(value: T): Result<T> => ({ ok: true, value })
  const no = (code: string, message: string): Result<never> => ({ ok: false, code, message })
  const set = (change: Partial<Snapshot>): void => { snapshot = { ...snapshot, ...change } }

  /** Where an event's value stands in the snapshot as it is. */
  const FIELDS: Partial<Record<Push['event'], keyof Snapshot>> = {
    'phase:change': 'phase', 'settings:change': 'settings', 'protocol:change': 'protocol', 'relays:change': 'relays', 'relay-sources:change': 'relaySources',
    'self:change': 'self', 'blocked:change': 'blocked', 'desktop:change': 'desktop', 'update:change': 'update', 'errand:open': 'errand'
  }
  const push = (...pushes: readonly Push[]): void => {
    sequence++
    set({ sequence })
    for (const { event, value } of pushes) {
      if (event === 'topic:change') set({ topics: [...snapshot.topics.filter((topic) => topic.id !== value.id), value] })
      else if (event === 'topic:remove') set({ topics: snapshot.topics.filter((topic) => topic.id !== value.id) })
      const field = FIELDS[event]
      if (field !== undefined) set({ [field]: value })
    }
    for (const listener of listeners) listener({ sequence, pushes })
  }
  const change = (topic: Topic): void => { push({ event: 'topic:change', value: topic }) }
  const enter = (phase: Phase): void => { push({ event: 'phase:change', value: phase }) }
  const topicOf = (id: string): Topic | undefined => snapshot.topics.find((topic) => topic.id === id)
  const setTopic = (id: string, more: Partial<Topic>): Result<null> => {
    const known = topicOf(id)
    if (known !== undefined) change({ ...known, ...more })
    return ok(null)
  }
  const place = (time: number): number => (time - Date.UTC(2026, 0, 1)) * 4096 + made % 4096
  const append = (post: Post): void => {
    store.put(post)
    push({ event: 'post:change', value: post })
  }
  const subscribe = (id: string, plain: boolean): Result<{ topic: string }> => {
    const known = topicOf(id)
    change({
      id, title: id.replace('/natter/1/', ''), dialect: plain ? 'text' : 'natter', unread: 0, people: known?.people ?? 0, notify: 'mentions', keepDays: null, bytes: 0, maxBytes: 500_000_000, ...known, subscribed: true
    })
    const me: Person = { peerId: snapshot.self?.peerId ?? ME, name: snapshot.settings.displayName, path: { kind: 'self' } }
    push({ event: 'people:change', value: { topic: id, people: [me] } })
    return ok({ topic: id })
  }
  const switchTo = (protocol: 'gossipsub' | 'floodsub'): void => {
    if (protocol === snapshot.protocol.current) return
    push({ event: 'protocol:change', value: { ...snapshot.protocol, switchingTo: protocol } })
    setTimeout(() => { push({ event: 'protocol:change', value: { current: protocol, waiting: 0 } }) }, 400)
  }

  const api: Omit<Api, 'onPush'> = {
    ...window.standInCheck(push),
    ...window.standInProtocols(push, script.samples ?? []),
    getSnapshot: async () => ok(snapshot),
    chooseProtection: async () => {
      enter({ kind: 'starting' })
      setTimeout(() => { enter({ kind: 'running' }) }, 50)
      return ok(null)
    },
    unlock: async ({ passphrase }) => {
      if (passphrase !== script.passphrase) return no('ERR_PASSPHRASE', 'This is not the passphrase that locks your key. Try again.')
      enter({ kind: 'running' })
      return ok(null)
    },
    changePassphrase: async ({ current }) => current === (script.passphrase ?? '')
      ? ok(null)
      : no('ERR_PASSPHRASE', 'The current passphrase is another one. Nothing was changed.'),
    changeSettings: async (wanted) => {
      const settings = { ...snapshot.settings, ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) }
      push({ event: 'settings:change', value: settings })
      if (wanted.protocol !== undefined) switchTo(wanted.protocol)
      return ok(settings)
    },
    setProxy: async (wanted) => {
      const [host = '', port = ''] = wanted.kind === 'this' ? wanted.address.split(':') : []
      if (wanted.kind === 'this' && port === '') return no('ERR_BAD_SETTING', 'A proxy is named by its host and port, as in proxy.example:3128.')
      const proxy = wanted.kind === 'this' ? { kind: wanted.kind, host, port: Number(port), secure: false, user: wanted.user, hasPassword: (wanted.password ?? '') !== '' } : { kind: wanted.kind }
      const settings = { ...snapshot.settings, proxy }
      push({ event: 'settings:change', value: settings })
      return ok(settings)
    },
    subscribeTopic: async ({ name, plain }) => {
      const { length } = name.replace('/natter/1/', '')
      if (length > 128) return no('ERR_TOPIC_TOO_LONG', `This name is ${String(length)} characters long; 128 is the limit.`)
      return subscribe(plain || name.startsWith('/natter/1/') ? name : `/natter/1/${name}`, plain)
    },
    leaveTopic: async ({ topic }) => {
      push({ event: 'topic:remove', value: { id: topic } })
      return ok(null)
    },
    markRead: async ({ topic }) => {
      const known = topicOf(topic)
      if (known !== undefined && known.unread > 0) change({ ...known, unread: 0 })
      return ok(null)
    },
    listPosts: async ({ topic, page, limit }) => ok(store.page(topicOf(topic), topic, page, limit)),
    searchPosts: async ({ query, topic, before }) => ok(store.search(query, topic, before)),
    notifyTopic: async ({ topic, notify }) => setTopic(topic, { notify }),
    keepTopic: async ({ topic, days }) => setTopic(topic, { keepDays: days }),
    limitTopic: async ({ topic, bytes }) => setTopic(topic, { maxBytes: bytes }),
    exportTopic: async ({ format }) => ok({ path: `/home/ada/music.${format}`, posts: 1_234 }),
    importPosts: async () => ok({ topics: ['/natter/1/music'], added: 1_200, known: 30, refused: 4 }),
    exportAside: async ({ name }) => ok({ path: `/home/ada/${name}.jsonl`, posts: 7 }),
    blockPeer: async ({ peerId, name }) => {
      const one: Blocked = { peerId, name, since: Date.now() }
      push({ event: 'blocked:change', value: [...snapshot.blocked, one] }, ...store.remove(peerId).map((value) => ({ event: 'posts:remove', value }) as const))
      return ok(null)
    },
    unblockPeer: async ({ peerId }) => {
      push({ event: 'blocked:change', value: snapshot.blocked.filter((one) => one.peerId !== peerId) })
      return ok(null)
    },
    postMessage: async ({ topic, text, clientId }) => {
      const people = topicOf(topic)?.people ?? 0
      const post: Post = {
        id: `own-${String(++made)}`, topic, author: snapshot.self?.peerId ?? ME, authorName: snapshot.settings.displayName, time: Date.now(),
        order: place(Date.now()), text, own: true, delivery: people === 0 ? { kind: 'queued' } : { kind: 'sent', people }, clientId
      }
      append(post)
      return ok(post)
    },
    addRelay: async ({ address }) => {
      const peerId = /\/p2p\/([^/]+)$/.exec(address)?.[1]
      if (peerId === undefined) return no('ERR_RELAY_NO_PEER', 'This address does not say which peer it belongs to. Ask for the one that ends in /p2p/12D3…')
      push({ event: 'relays:change', value: [...snapshot.relays, { peerId, address, source: { kind: 'settings' }, state: 'connecting', since: Date.now(), detail: 'dialling it', hub: false }] })
      return ok(null)
    },
    removeRelay: async ({ peerId }) => {
      push({ event: 'relays:change', value: snapshot.relays.filter((relay) => relay.peerId !== peerId) })
      return ok(null)
    },
    approveRelay: async ({ peerId }) => {
      push({ event: 'relays:change', value: snapshot.relays.map((relay) => relay.peerId === peerId ? { ...relay, state: 'connecting' } : relay) })
      return ok(null)
    },
    removeRelayName: async ({ name }) => {
      push({ event: 'relay-sources:change', value: { ...snapshot.relaySources, names: snapshot.relaySources.names.filter((one) => one.name !== name) } })
      return ok(null)
    },
    refreshRelaySources: async () => {
      const { names } = snapshot.relaySources
      push({ event: 'relay-sources:change', value: { ...snapshot.relaySources, names: names.map((name) => ({ ...name, looking: true })) } })
      setTimeout(() => { push({ event: 'relay-sources:change', value: { ...snapshot.relaySources, names: names.map((name) => ({ ...name, looking: false, trouble: '' })) } }) }, 400)
      return ok(null)
    },
    removeRelayList: async ({ id }) => {
      push({ event: 'relay-sources:change', value: { ...snapshot.relaySources, lists: snapshot.relaySources.lists.filter((one) => one.id !== id) } })
      return ok(null)
    },
    createInvite: async ({ topic }) => ok({ link: `natter://join#1.${encodeURIComponent(topic)}.${'QmFzZTY0'.repeat(20)}`, relays: { named: 1, answering: true, leftOut: 0 } }),
    readInvite: async ({ link }) => {
      const preview = script.invites?.[link]
      return preview === undefined ? no('ERR_INVITE', 'This invite is cut or damaged. Ask for it again, and copy all of it.') : ok(preview)
    },
    joinInvite: async ({ link }) => {
      const preview = script.invites?.[link]
      return preview === undefined ? no('ERR_INVITE', 'This invite is cut or damaged.') : subscribe(preview.topic, false)
    },
    watchNetwork: async () => ok(script.network ?? []),
    explainAddress: async ({ address }) => {
      if (!address.startsWith('/')) return no('ERR_ADDRESS', 'This is no address: one begins with /ip4, /ip6 or /dns4.')
      const words: Record<string, string> = { ip4: 'go to this computer', dns4: 'go to this computer', tcp: 'by this TCP port', p2p: 'that is this peer', 'p2p-circuit': 'and through it' }
      const parts = [...address.matchAll(/\/(p2p-circuit|ws|wss|[^/]+\/[^/]+)/g)].map(([code]) => ({ code, words: words[code.split('/')[1] ?? ''] ?? 'by WebSocket' }))
      return ok({ parts, sentence: parts.map((part) => part.words).join(', ') })
    },
    copyText: async ({ text }) => {
      clipboard = text
      return ok(null)
    },
    dismissNotice: async ({ id }) => {
      push({ event: 'notice:remove', value: { id } })
      return ok(null)
    },
    errandDone: async ({ id }) => {
      const { errand, ...rest } = snapshot
      if (errand?.id === id) snapshot = rest
      return ok(null)
    },
    setStartAtLogin: async ({ on }) => {
      push({ event: 'desktop:change', value: { ...snapshot.desktop, startAtLogin: on ? 'on' : 'off' } })
      return ok(null)
    },
    openFolder: async () => ok(null), openLink: async () => ok(null), lookAtTopic: async () => ok(null), installUpdate: async () => ok(null), restartApp: async () => ok(null), showPostMenu: async () => ok(null), unwatchNetwork: async () => ok(null),
    deleteCrashes: async () => {
      push({ event: 'desktop:change', value: { ...snapshot.desktop, crashes: [] } })
      return ok(null)
    },
    checkForUpdates: async () => {
      push({ event: 'update:change', value: { kind: 'checking' } })
      setTimeout(() => { push({ event: 'update:change', value: { kind: 'idle', checkedAt: Date.now() } }) }, 400)
      return ok(null)
    }
  }

  const ask = async (name: CallName, argument: unknown): Promise<unknown> => {
    // What crosses the real boundary is cloned; a proxy of the page's state would fail there.
    calls.push({ name, argument: structuredClone(argument) })
    await held.get(name)?.promise
    if (script.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, script.delay))
    const at = answers.findIndex((answer) => answer.name === name)
    if (at >= 0) return answers.splice(at, 1)[0]?.result
    return structuredClone(await (api[name] as (argument: unknown) => Promise<unknown>)(argument))
  }
  const wrapped = Object.fromEntries((Object.keys(api) as CallName[]).map((name) => [name, (argument: unknown) => ask(name, argument)]))

  Object.defineProperty(window, 'api', {
    value: {
      ...wrapped,
      onPush: (listener: (batch: { sequence: number, pushes: readonly Push[] }) => void) => {
        listeners.add(listener)
        return () => { listeners.delete(listener) }
      }
    }
  })
  const standIn: StandIn = {
    push,
    receive: (topic, author, authorName, text, time = Date.now(), mention = false) => {
      append({ id: `other-${String(++made)}`, topic, author, authorName, time, order: place(time), text, own: false, ...(mention ? { mention } : {}) })
      const known = topicOf(topic)
      if (known !== undefined) change({ ...known, unread: known.unread + 1 })
    },
    answerNext: (name, result) => { answers.push({ name, result }) },
    hold: (name) => {
      let release = (): void => { held.delete(name) }
      const promise = new Promise<void>((resolve) => { release = resolve })
      held.set(name, { promise, release })
    },
    release: (name) => {
      held.get(name)?.release()
      held.delete(name)
    },
    calls,
    get clipboard () { return clipboard }
  }
  Object.defineProperty(window, 'standIn', { value: standIn })
}
