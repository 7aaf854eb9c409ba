import * as v from 'valibot'
import type { InvitePreview, MadeInvite } from './invites.ts'
import type { AddressReading, Post, PostPage, SearchPage, Settings, Snapshot } from './model.ts'
import type { Check } from './check.ts'
import type { MenuPick } from './desktop.ts'
import type { PushBatch } from './events.ts'
import type { NetworkPeer } from './network.ts'
import { MAX_PICTURE_BYTES, SimulationRequest, type ProtocolSample, type Simulation } from './protocols.ts'
import type { Result } from './result.ts'

/** Bytes of UTF-8 that a post's text may have: 16 KiB. */
export const MAX_POST_BYTES = 16_384
/** Characters (UTF-16 units) that a display name may have. */
export const MAX_NAME_LENGTH = 64
/** Characters that a topic's name may have; well under the 64 KiB of a pubsub frame. */
export const MAX_TOPIC_LENGTH = 128
/** Characters of an invite link that are read at all; a real one has under 2,000. */
export const MAX_INVITE_LENGTH = 8_192
/** The least length of a passphrase, in characters (NIST SP 800-63B, section 3.1.1.2, asks for 8 or more). */
export const MIN_PASSPHRASE_LENGTH = 8

/** A call's argument schema, with the type of its answer carried along for the compiler. */
interface Call<S extends v.GenericSchema, R> { readonly schema: S, readonly answer?: R }

const call = <R>() => <S extends v.GenericSchema>(schema: S): Call<S, R> => ({ schema })

const nothing = v.strictObject({})
// Room above each limit, so that what is too long reaches the code that says so in words.
const text = (max: number) => v.pipe(v.string(), v.maxLength(max))
const topicId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(4 * MAX_TOPIC_LENGTH))
/** `Post.order`. */
const order = v.pipe(v.number(), v.safeInteger())
const peerId = text(128)
const passphrase = text(1_024)
/** 1 MiB: an invite of that length is refused in words, a longer string as a wrong shape. */
const link = text(1_048_577)

/**
 * Every call that a window can make: its argument, as a schema that the main
 * process reads it with, and its answer. The only list; preload, main and
 * renderer derive theirs from it.
 */
export const CALLS = {
  /** Everything that a window shows, at one moment. */
  getSnapshot: call<Snapshot>()(nothing),

  /** First start without a key store: keep the key under a passphrase, or, chosen in words, unprotected. */
  chooseProtection: call<null>()(v.variant('kind', [
    v.strictObject({ kind: v.literal('passphrase'), passphrase }),
    v.strictObject({ kind: v.literal('none') })
  ])),
  /** Opens the key with its passphrase and starts the node. */
  unlock: call<null>()(v.strictObject({ passphrase })),
  /** Wraps the key with another passphrase; `current` is '' where there was none. */
  changePassphrase: call<null>()(v.strictObject({ current: passphrase, next: passphrase })),

  /** Changes what the person set; answers the settings as they now are. */
  changeSettings: call<Settings>()(v.partial(v.strictObject({
    displayName: text(1_024),
    protocol: v.picklist(['gossipsub', 'floodsub']),
    listenPort: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
    mdns: v.boolean(),
    seenNearby: v.boolean(),
    directConnections: v.boolean(),
    routerPort: v.boolean(),
    beRelay: v.boolean(),
    relaysByName: v.boolean(),
    relaysFromLists: v.boolean(),
    relaysThroughRelays: v.picklist(['off', 'ask', 'use']),
    relaysFromPeers: v.boolean(),
    theme: v.picklist(['system', 'light', 'dark']),
    notifications: v.boolean(),
    notificationText: v.boolean(),
    stayReachable: v.boolean(),
    checkUpdates: v.boolean(),
    updateFeed: text(2_048)
  }))),

  /** How to get out of this network; `password: null` leaves the one that is kept. Answers the settings as they now are. */
  setProxy: call<Settings>()(v.variant('kind', [
    v.strictObject({ kind: v.literal('system') }),
    v.strictObject({ kind: v.literal('none') }),
    v.strictObject({ kind: v.literal('this'), address: text(1_024), user: text(256), password: v.nullable(text(1_024)) })
  ])),

  /**
   * Subscribes. A name becomes a topic of Natter's own; `plain` takes it as it
   * stands, for topics of other libp2p programs. A name that begins with
   * `/natter/1/` is a Natter topic either way.
   */
  subscribeTopic: call<{ readonly topic: string }>()(v.strictObject({ name: text(65_536), plain: v.boolean() })),
  /** Leaves a topic; `forget` deletes its posts from this computer too, else they are there again on the return. */
  leaveTopic: call<null>()(v.strictObject({ topic: topicId, forget: v.boolean() })),
  /** Everything in the topic counts as read. */
  markRead: call<null>()(v.strictObject({ topic: topicId })),
  /** A page of a topic, at most `limit` posts (≤ 200). */
  listPosts: call<PostPage>()(v.strictObject({
    topic: topicId,
    page: v.variant('kind', [
      v.strictObject({ kind: v.literal('newest') }),
      v.strictObject({ kind: v.literal('unread') }),
      v.strictObject({ kind: v.literal('before'), order }),
      v.strictObject({ kind: v.literal('after'), order }),
      v.strictObject({ kind: v.literal('around'), order })
    ]),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200))
  })),
  /** Posts that hold all words of `query`, the last one as a beginning; newest first, at most 50, older than `before` where that is named. */
  searchPosts: call<SearchPage>()(v.strictObject({ query: text(1_024), topic: v.optional(topicId), before: v.optional(order) })),
  /** Which posts of a topic the system shows a notification for. */
  notifyTopic: call<null>()(v.strictObject({ topic: topicId, notify: v.picklist(['all', 'mentions', 'nothing']) })),
  /** Which topic is in sight, if any: nobody needs a notification of what they see. */
  lookAtTopic: call<null>()(v.strictObject({ topic: v.nullable(topicId) })),
  /** Keeps a topic's posts for so many days, deleting older ones from now on; `null`: for ever. */
  keepTopic: call<null>()(v.strictObject({ topic: topicId, days: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(36_500))) })),
  /** Limits the bytes that a topic's posts may take up on the disk, deleting what is over from now on; `null`: no limit. */
  limitTopic: call<null>()(v.strictObject({ topic: topicId, bytes: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1_000_000), v.maxValue(1e13))) })),
  /** Saves a topic where the person says; `null` where they chose no place. */
  exportTopic: call<{ readonly path: string, readonly posts: number } | null>()(v.strictObject({ topic: topicId, format: v.picklist(['jsonl', 'html']) })),
  /** Reads an export that the person picks, checking each signature; `null` where they picked none. */
  importPosts: call<{ readonly topics: readonly string[], readonly added: number, readonly known: number, readonly refused: number } | null>()(nothing),
  /** Saves what can be read of a database that was set aside; `null` where they chose no place. */
  exportAside: call<{ readonly path: string, readonly posts?: number } | null>()(v.strictObject({ name: text(255) })),
  /** Posts a text; the row that shows it meanwhile is known by `clientId`. */
  postMessage: call<Post>()(v.strictObject({ topic: topicId, text: text(1_048_576), clientId: v.pipe(v.string(), v.maxLength(64)) })),

  /** Neither shows nor keeps nor hands on what this peer posts, and refuses its connections. */
  blockPeer: call<null>()(v.strictObject({ peerId, name: text(1_024) })),
  unblockPeer: call<null>()(v.strictObject({ peerId })),

  /** Adds a relay by its multiaddr or by a name in DNS, or a signed list of them by its reference, after checking it. */
  addRelay: call<null>()(v.strictObject({ address: text(65_536) })),
  removeRelay: call<null>()(v.strictObject({ peerId })),
  /** Agrees to use a relay that somebody named. */
  approveRelay: call<null>()(v.strictObject({ peerId })),
  /** Looks up no more under this name; its relays are let go. */
  removeRelayName: call<null>()(v.strictObject({ name: text(512) })),
  /** Looks every name up and reads every list now. What comes of it is pushed. */
  refreshRelaySources: call<null>()(nothing),
  /** Forgets a signed list that the person added; its relays are let go. */
  removeRelayList: call<null>()(v.strictObject({ id: text(64) })),

  /** An invite to a topic: topic, our relays, and our signed peer record. */
  createInvite: call<MadeInvite>()(v.strictObject({ topic: topicId })),
  /** Reads an invite without acting on it. */
  readInvite: call<InvitePreview>()(v.strictObject({ link })),
  /** Does what the invite says: adds its relays, subscribes, dials who made it. */
  joinInvite: call<{ readonly topic: string }>()(v.strictObject({ link })),

  /**
   * Everybody whom we are connected to, at this moment. What changes is pushed
   * from now on, for 30 s: a window that goes on looking asks again before that.
   */
  watchNetwork: call<readonly NetworkPeer[]>()(nothing),
  /** Nobody looks any more: nothing of it is pushed. */
  unwatchNetwork: call<null>()(nothing),

  /**
   * What passed under each protocol in the last 15 minutes, oldest first. What
   * comes since is pushed from now on, for 30 s: a window that goes on looking
   * asks again before that.
   */
  watchProtocols: call<readonly ProtocolSample[]>()(nothing),
  /** Nobody looks any more: nothing of it is pushed. */
  unwatchProtocols: call<null>()(nothing),
  /** Sends the same posts under both protocols through a network inside this computer. One that runs is ended; how far it is comes as `simulation:change`. */
  startSimulation: call<Simulation>()(SimulationRequest),
  /** Ends the simulation that runs. */
  stopSimulation: call<null>()(nothing),
  /** Saves the figures of a simulation that is done, as CSV, where the person says; `null` where they chose no place. */
  saveSimulation: call<{ readonly path: string } | null>()(v.strictObject({ id: v.pipe(v.number(), v.safeInteger()) })),
  /** Saves its plots, a PNG that the window drew; likewise. */
  savePicture: call<{ readonly path: string } | null>()(v.strictObject({ id: v.pipe(v.number(), v.safeInteger()), png: v.pipe(v.instance(Uint8Array), v.check((png) => png.byteLength <= MAX_PICTURE_BYTES)) })),

  /** Looks what keeps people from connecting, and whether `person` can be reached where one is named. A check that runs is ended; findings come as `check:change`. */
  startCheck: call<Check>()(v.strictObject({ person: v.nullable(peerId) })),
  /** Ends the check that runs; what it found stays. */
  stopCheck: call<null>()(nothing),
  /** Puts the last check on the system's clipboard, as Markdown: peer ids, and nothing private. */
  copyCheckReport: call<null>()(nothing),

  /** Reads a multiaddr part by part. */
  explainAddress: call<AddressReading>()(v.strictObject({ address: text(65_536) })),
  /** Opens a web address in the system's browser, after the person has seen it in full. */
  openLink: call<null>()(v.strictObject({ url: text(8_192) })),
  /**
   * Shows the system's menu for a post, at the pointer or at a place in the page
   * (CSS pixels from its upper left corner). Copying what is selected is done
   * there; answers what the window is to do.
   */
  showPostMenu: call<MenuPick | null>()(v.strictObject({
    at: v.variant('kind', [
      v.strictObject({ kind: v.literal('pointer') }),
      v.strictObject({ kind: v.literal('page'), x: v.pipe(v.number(), v.finite()), y: v.pipe(v.number(), v.finite()) })
    ]),
    link: v.boolean(),
    selection: v.boolean()
  })),
  /** Puts text on the system's clipboard. */
  copyText: call<null>()(v.strictObject({ text: text(65_536) })),
  dismissNotice: call<null>()(v.strictObject({ id: text(64) })),
  /** The window shows what it was asked to show, and need not be asked again. */
  errandDone: call<null>()(v.strictObject({ id: v.pipe(v.number(), v.safeInteger()) })),

  /** Starts Natter hidden when the person logs in, or no more. */
  setStartAtLogin: call<null>()(v.strictObject({ on: v.boolean() })),
  /** Shows one of our folders in the system's file manager. */
  openFolder: call<null>()(v.strictObject({ folder: v.picklist(['data', 'logs', 'crashes']) })),
  deleteCrashes: call<null>()(nothing),
  /** Ends the app and starts it again, in safe mode or out of it. */
  restartApp: call<null>()(v.strictObject({ safeMode: v.boolean() })),
  /** Asks the feed now. What it says comes as `update:change`. */
  checkForUpdates: call<null>()(nothing),
  /** Quits, installs the update that is ready, and starts again. */
  installUpdate: call<null>()(nothing)
} as const

export type CallName = keyof typeof CALLS
/** What a call takes. */
export type Argument<K extends CallName> = v.InferOutput<(typeof CALLS)[K]['schema']>
/** What a call answers. */
export type Answer<K extends CallName> = Exclude<(typeof CALLS)[K]['answer'], undefined>

/** `window.api`, the one object that preload exposes. */
export type Api = {
  readonly [K in CallName]: (argument: Argument<K>) => Promise<Result<Answer<K>>>
} & {
  /** Hears every batch of pushes from now on; answers a function that ends it. */
  readonly onPush: (listener: (batch: PushBatch) => void) => () => void
}
