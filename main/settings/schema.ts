import * as v from 'valibot'

/**
 * Version of `settings.json` that this program writes. Version 1 held everything;
 * a program that knows only that one sets a newer file aside, and says so.
 */
export const SETTINGS_VERSION = 2
/** Version of what the sealed file holds. */
export const PRIVATE_VERSION = 1

const relaySource = v.variant('kind', [
  v.object({ kind: v.literal('settings') }),
  v.object({ kind: v.literal('invite'), topic: v.string() }),
  v.object({ kind: v.literal('peer'), peerId: v.string() }),
  v.object({ kind: v.literal('relay'), peerId: v.string() })
])

const addresses = v.pipe(v.array(v.string()), v.readonly())

/** `alternatives`: further addresses of the same relay. */
const relay = v.object({ address: v.string(), alternatives: v.exactOptional(addresses), source: relaySource, approved: v.boolean() })

/**
 * `relays`: what the name stood for when it was last looked up, so that a start
 * need not wait for DNS; `agreed`: peer ids of those that it may stand for.
 */
const relayName = v.object({
  name: v.pipe(v.string(), v.nonEmpty()),
  relays: v.array(v.object({ peerId: v.string(), addresses })),
  agreed: v.array(v.string())
})

/** `reference`: where it is and whose signature counts; `addresses`: what it said when it was last read. */
const relayList = v.object({
  reference: v.string(),
  origin: v.picklist(['shipped', 'system', 'person']),
  title: v.string(),
  sequence: v.number(),
  expires: v.number(),
  addresses
})

/** `record`: a libp2p signed peer record as its envelope's bytes, in base64; `name`: from an invite that they signed. */
const knownPerson = v.object({ peerId: v.string(), record: v.pipe(v.string(), v.base64()), topics: v.array(v.string()), name: v.exactOptional(v.string()) })

/** `name`: what they called themselves when they were blocked; `since`: when, in milliseconds since the Unix epoch. */
const blocked = v.object({ peerId: v.pipe(v.string(), v.nonEmpty()), name: v.string(), since: v.number() })

const proxy = v.variant('kind', [
  v.object({ kind: v.literal('system') }),
  v.object({ kind: v.literal('none') }),
  v.object({
    kind: v.literal('this'), host: v.pipe(v.string(), v.nonEmpty()), port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
    secure: v.boolean(), user: v.string(), hasPassword: v.boolean()
  })
])

/** Size and position of the window, in device-independent pixels over all displays; what it has when it is not `maximized`. */
const pixels = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000))
const windowPlace = v.object({ x: pixels, y: pixels, width: pixels, height: pixels, maximized: v.boolean() })

/**
 * What a start needs before the identity key is open, and nothing else: anybody who gets at the disk can read it.
 * The proxy's password is not here.
 */
const plain = {
  proxy: v.optional(proxy, { kind: 'system' }),
  theme: v.optional(v.picklist(['system', 'light', 'dark']), 'system'),
  /** Where the window was; left out before it was anywhere. Not worth more than a guess: whatever is wrong with it is forgotten. */
  window: v.fallback(v.optional(windowPlace), undefined),
  notifications: v.optional(v.boolean(), true),
  notificationText: v.optional(v.boolean(), true),
  stayReachable: v.optional(v.boolean(), false),
  /** The person was told once where Natter is when its window is closed. */
  toldOfStaying: v.optional(v.boolean(), false),
  checkUpdates: v.optional(v.boolean(), true),
  updateFeed: v.optional(v.string(), '')
}

/** Everything else. It is sealed on the disk, and has its defaults here until the identity key is open. */
const sealed = {
  displayName: v.optional(v.string(), ''),
  protocol: v.optional(v.picklist(['gossipsub', 'floodsub']), 'gossipsub'),
  listenPort: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 0),
  mdns: v.optional(v.boolean(), true),
  seenNearby: v.optional(v.boolean(), true),
  directConnections: v.optional(v.boolean(), true),
  routerPort: v.optional(v.boolean(), false),
  beRelay: v.optional(v.boolean(), false),
  /** Sealed by the system's key store, in base64; '': none. */
  proxyPassword: v.optional(v.pipe(v.string(), v.base64()), ''),
  relaysByName: v.optional(v.boolean(), true),
  relaysFromLists: v.optional(v.boolean(), true),
  relaysThroughRelays: v.optional(v.picklist(['off', 'ask', 'use']), 'ask'),
  relaysFromPeers: v.optional(v.boolean(), true),
  relays: v.optional(v.array(relay), []),
  relayNames: v.optional(v.array(relayName), []),
  relayLists: v.optional(v.array(relayList), []),
  /** Peer ids of relays that were offered and that the person removed, the last one last: they are not offered again. */
  unwantedRelays: v.optional(v.array(v.string()), []),
  /** Wire names of topics, in the order in which the person came. */
  subscriptions: v.optional(v.array(v.pipe(v.string(), v.nonEmpty())), []),
  known: v.optional(v.array(knownPerson), []),
  blocked: v.optional(v.array(blocked), [])
}

const PlainSchema = v.object(plain)
const PrivateSchema = v.object(sealed)

/** `hasPrivate`: a sealed file belongs to it. */
const PlainFile = v.object({ version: v.literal(SETTINGS_VERSION), hasPrivate: v.optional(v.boolean(), false), ...plain })
/** `migratedFrom`: SHA-256 of the plain file of version 1 that it was made from, in hex, until it is written the next time. */
const PrivateFile = v.object({ version: v.literal(PRIVATE_VERSION), migratedFrom: v.exactOptional(v.string()), ...sealed })

/** What may be read on the disk by whoever has it. */
export type PlainSettings = Readonly<v.InferOutput<typeof PlainSchema>>
/** What may not. */
export type PrivateSettings = Readonly<v.InferOutput<typeof PrivateSchema>>
/** Everything that is kept between two runs, besides the identity key. */
export type StoredSettings = PlainSettings & PrivateSettings

export const PLAIN_KEYS = Object.keys(plain) as readonly (keyof PlainSettings)[]
export const PRIVATE_KEYS = Object.keys(sealed) as readonly (keyof PrivateSettings)[]

/** What holds before anybody changed anything. */
export const DEFAULT_PLAIN: PlainSettings = v.parse(PlainSchema, {})
export const DEFAULT_PRIVATE: PrivateSettings = v.parse(PrivateSchema, {})
export const DEFAULT_SETTINGS: StoredSettings = { ...DEFAULT_PLAIN, ...DEFAULT_PRIVATE }

/** What a file says that cannot be used. */
export type Unusable = { readonly kind: 'damaged' } | { readonly kind: 'newer' }

/** Outcome of {@link readPlainFile}. */
export type ReadPlain =
  | { readonly kind: 'read', readonly plain: PlainSettings, readonly hasPrivate: boolean }
  /** A file of version 1, which also held what is private. */
  | { readonly kind: 'old', readonly plain: PlainSettings, readonly private: PrivateSettings }
  | Unusable

/** Reads the text of `settings.json` of any version. Never throws. */
export function readPlainFile (text: string): ReadPlain {
  const file = readVersioned(text, SETTINGS_VERSION)
  if (file.kind !== 'version') return file
  if (file.version === 1) {
    const old = v.safeParse(v.object({ ...plain, ...sealed }), file.content)
    return old.success ? { kind: 'old', plain: v.parse(PlainSchema, old.output), private: v.parse(PrivateSchema, old.output) } : { kind: 'damaged' }
  }
  const parsed = v.safeParse(PlainFile, file.content)
  if (!parsed.success) return { kind: 'damaged' }
  const { version: _, hasPrivate, ...found } = parsed.output
  return { kind: 'read', plain: found, hasPrivate }
}

/** The text of `settings.json`. */
export function plainText (settings: PlainSettings, hasPrivate: boolean): string {
  return `${JSON.stringify({ version: SETTINGS_VERSION, hasPrivate, ...pick(settings, PLAIN_KEYS) }, null, 2)}\n`
}

/** The text of a `settings.json` of version 1: it stays one until what is private in it is sealed. */
export function oldText (settings: StoredSettings): string {
  return `${JSON.stringify({ version: 1, ...settings }, null, 2)}\n`
}

/** Outcome of {@link readPrivateText}. */
export type ReadPrivate = { readonly kind: 'read', readonly private: PrivateSettings, readonly migratedFrom: string | undefined } | Unusable

/** Reads what a sealed file held. Never throws. */
export function readPrivateText (text: string): ReadPrivate {
  const file = readVersioned(text, PRIVATE_VERSION)
  if (file.kind !== 'version') return file
  const parsed = v.safeParse(PrivateFile, file.content)
  if (!parsed.success) return { kind: 'damaged' }
  const { version: _, migratedFrom, ...found } = parsed.output
  return { kind: 'read', private: found, migratedFrom }
}

/** What is sealed, as text. */
export function privateText (settings: PrivateSettings, migratedFrom: string | undefined): string {
  return JSON.stringify({ version: PRIVATE_VERSION, ...(migratedFrom === undefined ? {} : { migratedFrom }), ...pick(settings, PRIVATE_KEYS) })
}

function readVersioned (text: string, newest: number): { readonly kind: 'version', readonly version: number, readonly content: object } | Unusable {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return { kind: 'damaged' }
  }
  const versioned = v.safeParse(v.looseObject({ version: v.pipe(v.number(), v.integer(), v.minValue(1)) }), raw)
  if (!versioned.success) return { kind: 'damaged' }
  const { version } = versioned.output
  return version > newest ? { kind: 'newer' } : { kind: 'version', version, content: versioned.output }
}

function pick<T extends object, K extends keyof T> (from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}
