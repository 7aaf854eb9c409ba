import type { Desktop, Errand, Update } from './desktop.ts'
import type { ProxyChoice } from './proxy.ts'
import type { Relay, RelaySources } from './relays.ts'

/**
 * The things both processes speak of. Plain readonly data, no behaviour.
 * Times are milliseconds since the Unix epoch, durations are milliseconds,
 * peer ids are base58 strings (`12D3…`), multiaddrs are strings.
 */

/** The pubsub protocol that carries posts. */
export type Protocol = 'gossipsub' | 'floodsub'

/** How a topic's payload bytes are read: Natter's signed envelope, or raw UTF-8. */
export type Dialect = 'natter' | 'text'

/**
 * Which posts of a topic the system shows a notification for. `nothing` mutes
 * it: its posts come and count, and nothing draws the eye to them.
 */
export type Notify = 'all' | 'mentions' | 'nothing'

/** A topic that we subscribe to, or that connected people are seen to subscribe to. */
export interface Topic {
  /** The topic's name on the wire; unique. Natter's own begin with `/natter/1/`. */
  readonly id: string
  /** What the person reads: the id without Natter's prefix. */
  readonly title: string
  readonly dialect: Dialect
  readonly subscribed: boolean
  /** Posts of others that came since the topic was last read. */
  readonly unread: number
  /** People on the topic as far as we see, ourselves left out, and those whom a hub counts without a name; hubs never count. */
  readonly people: number
  readonly notify: Notify
  /** Days that posts are kept; `null`: for ever. */
  readonly keepDays: number | null
  /** About how many bytes its posts take up on this disk, in steps of 100 kB; `null` while they are being counted. */
  readonly bytes: number | null
  /** How many bytes they may take up; `null`: any number. */
  readonly maxBytes: number | null
  /** While posts that we missed come in: how many came so far. */
  readonly catchingUp?: number
}

/**
 * How far an own post got; only ever moves forward, and on evidence alone.
 * `sent`: pubsub gave it to this many people, or to hubs that name or count them
 * on the topic; whether it arrived is not known. `held`: the histories
 * of this many people, and of this many hubs, show the post; `sent` stays said.
 */
export type Delivery =
  | { readonly kind: 'queued' }
  | { readonly kind: 'sent', readonly people: number }
  | { readonly kind: 'held', readonly people: number, readonly hubs: number, readonly sent: number }

/** One entry in a topic. */
export interface Post {
  readonly id: string
  readonly topic: string
  /** Peer id of the author. */
  readonly author: string
  /** The name that the author signed, or '' where the dialect carries none. */
  readonly authorName: string
  /** What the author's clock said; our own receive time where the dialect carries none. */
  readonly time: number
  /** Where the post stands in the topic, ascending; unique among all posts, and a safe integer. */
  readonly order: number
  readonly text: string
  /** Ourselves wrote it. */
  readonly own: boolean
  /** Somebody else's, and it names us: `@` and the name that we post under now. */
  readonly mention?: true
  /** On own posts only. */
  readonly delivery?: Delivery
  /** On own posts: what the window called the row before the post had an id. */
  readonly clientId?: string
}

/** Which posts of a topic are asked for. */
export type Page =
  | { readonly kind: 'newest' }
  /** Around the first unread post; the newest where all are read. */
  | { readonly kind: 'unread' }
  | { readonly kind: 'before', readonly order: number }
  | { readonly kind: 'after', readonly order: number }
  | { readonly kind: 'around', readonly order: number }

/** Some posts of a topic that stand together, oldest first. */
export interface PostPage {
  readonly posts: readonly Post[]
  /** There are posts before the first of these. */
  readonly older: boolean
  /** There are posts after the last of these. */
  readonly newer: boolean
  /** `order` of the topic's first unread post, where there is one. */
  readonly firstUnread?: number
}

/** A post that a search found, with what stands around it. */
export interface SearchHit {
  readonly post: Post
  readonly before?: Post
  readonly after?: Post
}

/** What a search found, newest first. */
export interface SearchPage {
  readonly hits: readonly SearchHit[]
  /** There are older hits: ask again with the last one's `order`. */
  readonly more: boolean
  /** What was looked for, as it is to be marked in the texts: folded words, the last perhaps a beginning. */
  readonly words: readonly string[]
}

/** Somebody whose posts are neither shown nor kept nor handed on. */
export interface Blocked {
  readonly peerId: string
  /** What they called themselves when they were blocked, or ''. */
  readonly name: string
  /** When. */
  readonly since: number
}

/** How we reach a person at this moment. */
export type Path =
  | { readonly kind: 'self' }
  | { readonly kind: 'direct', readonly address: string, readonly rtt?: number }
  /** `why`: what keeps it from being a direct connection, in a sentence. */
  | { readonly kind: 'circuit', readonly relay: string, readonly address: string, readonly rtt?: number, readonly limited: boolean, readonly why?: string }
  /** `trouble`: why no connection to them came of the last try, in one sentence that may name peer ids. */
  | { readonly kind: 'hub', readonly relay: string, readonly trouble?: string }
  | { readonly kind: 'none' }

/** Somebody on a topic. */
export interface Person {
  readonly peerId: string
  /** As last signed in a post we read, else in an invite of theirs that we joined; or ''. */
  readonly name: string
  readonly path: Path
}

/** Who is on a topic that we subscribe to. */
export interface TopicPeople {
  readonly topic: string
  /** Ourselves first. */
  readonly people: readonly Person[]
  /** How many more hubs count there, without a name: people of other programs, until they post. Missing: none. */
  readonly unnamed?: number
}

/** Whether and how others reach us, with what proves it. */
export interface Reachability {
  readonly state: 'unknown' | 'direct' | 'relayed' | 'offline'
  /** `relayed`: the relays that listen for us, best first; else empty. */
  readonly through: readonly { readonly relay: string, readonly address: string, readonly rtt?: number }[]
  /** `direct`: the address that a dial-back reached. */
  readonly address?: string
  /** This computer is on no network: it has no address but its own, and no route to the local network. */
  readonly noNetwork?: true
  /** Sentences, newest first: what was tried, and what it showed. */
  readonly evidence: readonly { readonly at: number, readonly text: string }[]
}

/** What the person set. */
export interface Settings {
  readonly displayName: string
  readonly protocol: Protocol
  /** 0: the system chooses. */
  readonly listenPort: number
  readonly mdns: boolean
  /** Topics that connected people are on are shown beside our own. */
  readonly seenNearby: boolean
  /** Circuits are turned into direct connections, which show one's IP address to the other person. */
  readonly directConnections: boolean
  /** The router is asked, by UPnP, to lead a port to this computer. */
  readonly routerPort: boolean
  readonly beRelay: boolean
  /** Relays are looked up under the names that the person wrote. */
  readonly relaysByName: boolean
  /** Relays on signed lists are used. */
  readonly relaysFromLists: boolean
  /** Our relays are asked for further ones; `ask`: the person decides on each, `use`: those at public addresses are used. */
  readonly relaysThroughRelays: 'off' | 'ask' | 'use'
  /** Relays that people on our topics use are offered to the person. */
  readonly relaysFromPeers: boolean
  readonly proxy: ProxyChoice
  readonly theme: 'system' | 'light' | 'dark'
  /** The system shows notifications, as each topic says. */
  readonly notifications: boolean
  /** Notifications show who wrote and what; else only that there is something. */
  readonly notificationText: boolean
  /** Closing the window leaves Natter running, and others can reach it. */
  readonly stayReachable: boolean
  /** Ask the feed for newer versions. */
  readonly checkUpdates: boolean
  /** Where newer versions are asked for; '': the feed that this package came with. */
  readonly updateFeed: string
}

/** Where a change of protocol stands. */
export interface ProtocolState {
  readonly current: Protocol
  /** What it changes to, while it changes. */
  readonly switchingTo?: Protocol
  /** Own posts that wait for the change to end. */
  readonly waiting: number
}

/** What the window can do at this moment. */
export type Phase =
  /** First start without a key store: the person chooses how the key is kept. */
  | { readonly kind: 'protect' }
  /** The key is wrapped by a passphrase. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'starting' }
  /** The posts that are kept can be read and written; the network part is still starting. */
  | { readonly kind: 'reading' }
  | { readonly kind: 'running' }
  /** Nothing can be done before what `message` says is mended. */
  | { readonly kind: 'failed', readonly message: string }

/** Something the person should know; stays until dismissed. */
export interface Notice {
  readonly id: string
  readonly level: 'info' | 'warning'
  readonly text: string
  /** What the person can do about it, as a button. */
  readonly action?: NoticeAction
}

/** What the button of a notice does. */
export type NoticeAction =
  /** Saves what can be read of a database that was set aside under this file name, or a copy of earlier settings. */
  | { readonly kind: 'export-aside', readonly name: string }
  /** Shows the reports of crashes, in settings. */
  | { readonly kind: 'show-crashes' }

/** Ourselves on the network. */
export interface Self {
  readonly peerId: string
  /** How the identity key is kept. */
  readonly protection: 'keystore' | 'passphrase' | 'none'
  /** Multiaddrs under which others may reach us, each with our peer id. */
  readonly addresses: readonly string[]
  /** The TCP port that we listen on, 0 where none. */
  readonly port: number
}

/** One part of a multiaddr, in words. */
export interface AddressPart {
  /** As written: `/tcp/4001`. */
  readonly code: string
  /** 'by TCP port 4001' */
  readonly words: string
}

/** A whole multiaddr, read from left to right. */
export interface AddressReading {
  readonly parts: readonly AddressPart[]
  /** 'dial 127.0.0.1 by TCP port 2330, that is peer C; through it, reach peer A' */
  readonly sentence: string
}

/** All that a window needs to draw itself. */
export interface Snapshot {
  /** Sequence of the last push that this snapshot includes. */
  readonly sequence: number
  readonly phase: Phase
  /** The app runs on the old stand-in runtime, for tests only. */
  readonly standIn: boolean
  readonly version: string
  readonly self?: Self
  readonly settings: Settings
  readonly topics: readonly Topic[]
  readonly people: readonly TopicPeople[]
  readonly relays: readonly Relay[]
  readonly relaySources: RelaySources
  readonly reachability: Reachability
  readonly protocol: ProtocolState
  readonly notices: readonly Notice[]
  readonly blocked: readonly Blocked[]
  readonly desktop: Desktop
  readonly update: Update
  /** What the app was asked to show, and no window has shown yet. */
  readonly errand?: Errand
}
