import { RELAY_NAME_LIMITS as LIMITS } from '../../node/limits.ts'
import type { NamedRelay } from '../../node/relays/resolve-relay-name.ts'
import type { StoredSettings } from '../../settings/schema.ts'

/** A name as it is kept. */
export type StoredName = StoredSettings['relayNames'][number]

/** Peer ids that are remembered as agreed to under one name. */
const MAX_AGREED = 32

/**
 * What a name stands for after a look at it. New addresses are followed. New
 * relays are not: whoever holds the name's DNS could put their own in place of
 * one that the person came to trust. They wait for the person, and meanwhile
 * the old ones are used where they were.
 *
 * @param isPartial there may be more than was found
 * @returns `strangers`: peer ids that were not seen under this name before
 */
export function mergeNamed (before: StoredName, found: readonly NamedRelay[], isPartial = false): { readonly next: StoredName, readonly strangers: readonly string[] } {
  const fresh = found.map(({ peerId, addresses }) => ({ peerId, addresses: [...addresses] }))
  const relays = isPartial ? withKnown(fresh, before) : fresh
  if (before.agreed.length === 0) return { next: { ...before, relays, agreed: relays.map(({ peerId }) => peerId) }, strangers: [] }
  const isAgreed = ({ peerId }: { readonly peerId: string }): boolean => before.agreed.includes(peerId)
  const known = new Set(before.relays.map(({ peerId }) => peerId))
  return {
    next: { ...before, relays: relays.some(isAgreed) ? relays : [...before.relays.filter(isAgreed), ...relays] },
    strangers: relays.filter((relay) => !isAgreed(relay) && !known.has(relay.peerId)).map(({ peerId }) => peerId)
  }
}

/** What was found, first; behind it what was known before, agreed to or not. */
function withKnown (found: StoredName['relays'], { relays: known, agreed }: StoredName): StoredName['relays'] {
  const before = new Map(known.map(({ peerId, addresses }) => [peerId, addresses]))
  const both = found.map(({ peerId, addresses }) => ({ peerId, addresses: [...new Set([...addresses, ...before.get(peerId) ?? []])].slice(0, LIMITS.addresses) }))
  const others = known.filter(({ peerId }) => !found.some((relay) => relay.peerId === peerId))
  // Whoever changes their key all the time must not push out those that the person trusts.
  return [...both, ...others.filter(({ peerId }) => agreed.includes(peerId)), ...others.filter(({ peerId }) => !agreed.includes(peerId))].slice(0, LIMITS.relays)
}

/** The names, with this relay agreed to wherever one of them gave it; undefined where none did. */
export function agreeToNamed (names: readonly StoredName[], peerId: string): StoredName[] | undefined {
  const has = ({ relays }: StoredName): boolean => relays.some((relay) => relay.peerId === peerId)
  if (!names.some(has)) return undefined
  return names.map((name) => has(name) && !name.agreed.includes(peerId) ? { ...name, agreed: [...name.agreed, peerId].slice(-MAX_AGREED) } : name)
}
