import { isDeepStrictEqual } from 'node:util'
import { DEFAULT_SETTINGS, type StoredSettings } from './schema.ts'

/** What tells the entries of each list apart. */
const KEY_OF: { readonly [K in keyof StoredSettings]?: (entry: never) => string } = {
  relays: ({ address }: StoredSettings['relays'][number]) => address.split('/p2p/').at(-1) ?? address,
  relayNames: ({ name }: StoredSettings['relayNames'][number]) => name,
  relayLists: ({ reference }: StoredSettings['relayLists'][number]) => reference,
  unwantedRelays: (peerId: string) => peerId,
  subscriptions: (topic: string) => topic,
  known: ({ peerId }: StoredSettings['known'][number]) => peerId,
  blocked: ({ peerId }: StoredSettings['blocked'][number]) => peerId
}

/**
 * Our settings with others that began from the defaults, without knowing ours:
 * those of an older program that cannot read ours, or changes made before ours
 * could be read. Of what they list nothing is left out, and a value that is no
 * default counts. Nothing of ours is lost, so that what a person removed there may be back.
 */
export function mergeOlder (ours: StoredSettings, older: StoredSettings): StoredSettings {
  // A password is for one proxy, and no other must be told it.
  const isOtherProxy = !isDeepStrictEqual(older.proxy, DEFAULT_SETTINGS.proxy)
  const entries = (Object.keys(ours) as (keyof StoredSettings)[]).map((key) => {
    if (key === 'proxyPassword') return [key, isOtherProxy ? older[key] : ours[key]]
    const keyOf = KEY_OF[key] as ((entry: unknown) => string) | undefined
    if (keyOf !== undefined) return [key, union(ours[key] as readonly unknown[], older[key] as readonly unknown[], keyOf)]
    return [key, isDeepStrictEqual(older[key], DEFAULT_SETTINGS[key]) ? ours[key] : older[key]]
  })
  return Object.fromEntries(entries) as StoredSettings
}

/** Ours first; one that both have is the older program's, which was used last. */
function union (ours: readonly unknown[], older: readonly unknown[], keyOf: (entry: unknown) => string): readonly unknown[] {
  const all = new Map(ours.map((entry) => [keyOf(entry), entry]))
  for (const entry of older) all.set(keyOf(entry), entry)
  return [...all.values()]
}
