import * as v from 'valibot'

/** Version of the settings file that this program writes. */
export const SETTINGS_VERSION = 1

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

/** `record`: a libp2p signed peer record as its envelope's bytes, in base64. */
const knownPerson = v.object({ peerId: v.string(), record: v.pipe(v.string(), v.base64()), topics: v.array(v.string()) })

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

/** The settings file, as JSON. A field that is missing has its default; one of a wrong type makes the whole file damaged. */
export const SettingsFile = v.object({
  version: v.literal(SETTINGS_VERSION),
  displayName: v.optional(v.string(), ''),
  protocol: v.optional(v.picklist(['gossipsub', 'floodsub']), 'gossipsub'),
  listenPort: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 0),
  mdns: v.optional(v.boolean(), true),
  directConnections: v.optional(v.boolean(), true),
  routerPort: v.optional(v.boolean(), false),
  beRelay: v.optional(v.boolean(), false),
  proxy: v.optional(proxy, { kind: 'system' }),
  /** Sealed by the system's key store, in base64; '': none. */
  proxyPassword: v.optional(v.pipe(v.string(), v.base64()), ''),
  theme: v.optional(v.picklist(['system', 'light', 'dark']), 'system'),
  notifications: v.optional(v.boolean(), true),
  notificationText: v.optional(v.boolean(), true),
  stayReachable: v.optional(v.boolean(), false),
  /** The person was told once where Natter is when its window is closed. */
  toldOfStaying: v.optional(v.boolean(), false),
  checkUpdates: v.optional(v.boolean(), true),
  updateFeed: v.optional(v.string(), ''),
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
})

/** Everything that is kept between two runs, besides the identity key. */
export type StoredSettings = Readonly<v.InferOutput<typeof SettingsFile>>

/** What holds before anybody changed anything. */
export const DEFAULT_SETTINGS: StoredSettings = v.parse(SettingsFile, { version: SETTINGS_VERSION })

/** Outcome of {@link readSettings}. */
export type ReadSettings =
  | { readonly kind: 'read', readonly stored: StoredSettings }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'newer' }

/** What makes version n+1 out of version n, under n. Each step takes what the schema of its time let through. */
const MIGRATIONS: Readonly<Record<number, (old: object) => object>> = {}

/** Reads the text of a settings file of any version. Never throws. */
export function readSettings (text: string): ReadSettings {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return { kind: 'damaged' }
  }
  const versioned = v.safeParse(v.looseObject({ version: v.pipe(v.number(), v.integer(), v.minValue(1)) }), raw)
  if (!versioned.success) return { kind: 'damaged' }
  if (versioned.output.version > SETTINGS_VERSION) return { kind: 'newer' }
  let migrated: object = versioned.output
  for (let version = versioned.output.version; version < SETTINGS_VERSION; version++) {
    const step = MIGRATIONS[version]
    if (step === undefined) return { kind: 'damaged' }
    migrated = step(migrated)
  }
  const parsed = v.safeParse(SettingsFile, migrated)
  return parsed.success ? { kind: 'read', stored: parsed.output } : { kind: 'damaged' }
}
