import { MAX_ENTRIES, type Entry, type RangeView } from '../../store/types.ts'
import { NONE_THERE, type DeadRanges } from './dead-ranges.ts'
import { fingerprint, NOTHING, shortId, sumOf } from './fingerprint.ts'
import { greatestStamp, keyOf, leastStamp, type Asked } from './keys.ts'
import { MAX_LIST } from './limits.ts'
import type { Listed, Part, View } from './views.ts'

/** A range that differs, and how many posts the other side says it has there. */
export interface Item extends Asked {
  readonly count: number
}

/** Posts of one range that the other side has and we lack. */
export interface Lacked extends Asked {
  readonly entries: readonly Listed[]
}

/** A range of ours to go through, because the other side lacks all of it but these. */
export interface Sweep extends Asked {
  /** Posts that we have there, about. */
  readonly count: number
  readonly theirs: readonly Listed[]
}

/** A comparison that needs our own view of another range. */
export interface Again {
  readonly asked: Item
  readonly theirs: View
}

/** What all comparisons of a session go by. */
export interface Measure {
  readonly salt: Uint8Array
  /** Older posts count as if they were not there. */
  readonly floor: number
  /** Whether we once got this post and do not keep it. */
  readonly isUnwanted: (listed: Listed) => boolean
  /** Ranges that differ for good. */
  readonly dead: Pick<DeadRanges, 'has' | 'note'>
}

/** What comparisons found; filled by {@link compare}. */
export interface Findings {
  readonly items: Item[]
  readonly lacked: Lacked[]
  readonly offers: Entry[]
  readonly sweeps: Sweep[]
  readonly again: Again[]
  /** Posts of ours that the other side listed. */
  readonly shown: Entry[]
  /** Ranges that were said to differ and do not. */
  vain: number
  /** Posts that we lack because we do not want them. */
  unwanted: number
  /** Ranges that differ for good, and were not looked into. */
  readonly skipped: string[]
}

/** Nothing found yet. */
export function noFindings (): Findings {
  return { items: [], lacked: [], offers: [], sweeps: [], again: [], shown: [], vain: 0, unwanted: 0, skipped: [] }
}

/** Compares what the other side has of a range with what we have, and adds to the findings what follows. */
export function compare (measure: Measure, asked: Item, theirs: View, own: RangeView | undefined, found: Findings): void {
  switch (theirs.kind) {
    case 'none':
      offerAll(measure, own, asked, found)
      return
    case 'list':
      compareList(measure, asked, theirs.entries, own, found)
      return
    case 'parts':
      compareParts(measure, asked, theirs.parts, own, found)
  }
}

function offerAll ({ floor }: Measure, own: RangeView | undefined, asked: Asked, found: Findings): void {
  if (own === undefined) return
  if (own.entries !== undefined) found.offers.push(...own.entries.filter(({ stamp }) => stamp >= floor))
  else if (greatestStamp(own.prefix) >= floor) found.sweeps.push({ prefix: asked.prefix, list: asked.list, count: own.count, theirs: [] })
}

function compareList (measure: Measure, asked: Item, theirs: readonly Listed[], own: RangeView | undefined, found: Findings): void {
  if (own?.children !== undefined) {
    found.sweeps.push({ ...asked, count: own.count, theirs })
    return
  }
  const { lacked, offers, shown, unwanted, isVain } = diff(measure, theirs, own?.entries ?? [])
  if (lacked.length > 0) found.lacked.push({ ...asked, entries: lacked })
  found.offers.push(...offers)
  found.shown.push(...shown)
  found.unwanted += unwanted
  if (isVain && leastStamp(asked.prefix) >= measure.floor) found.vain += 1
}

/** Compares two whole lists, post by post. */
export function diff ({ salt, floor, isUnwanted }: Measure, theirs: readonly Listed[], own: readonly Entry[]): { readonly lacked: Listed[], readonly offers: Entry[], readonly shown: Entry[], readonly unwanted: number, readonly isVain: boolean } {
  const missing = new Map(theirs.map((listed) => [listed.short, listed]))
  const offers: Entry[] = []
  const shown: Entry[] = []
  for (const entry of own) {
    if (missing.delete(shortId(salt, entry.id))) shown.push(entry)
    else if (entry.stamp >= floor) offers.push(entry)
  }
  const young = [...missing.values()].filter(({ stamp }) => stamp >= floor)
  const lacked = young.filter((listed) => !isUnwanted(listed))
  return { lacked, offers, shown, unwanted: young.length - lacked.length, isVain: offers.length === 0 && missing.size === 0 }
}

function compareParts (measure: Measure, asked: Item, parts: readonly Part[], own: RangeView | undefined, found: Findings): void {
  if (own?.children === undefined) {
    compareWithEntries(measure, parts, own?.entries ?? [], found)
    return
  }
  const theirStem = parts[0]?.prefix.slice(0, -1) ?? ''
  const ourStem = own.children[0]?.prefix.slice(0, -1) ?? ''
  if (theirStem !== ourStem && theirStem.startsWith(ourStem)) {
    // All of theirs is under one part of ours, which is to be seen more closely, or under none.
    let home = { ...asked, prefix: theirStem }
    for (const child of own.children) {
      if (theirStem.startsWith(child.prefix)) home = { ...asked, prefix: child.prefix }
      else sweepPart(measure, child, found)
    }
    found.again.push({ asked: home, theirs: { kind: 'parts', parts } })
    return
  }
  if (theirStem !== ourStem && ourStem.startsWith(theirStem)) {
    // All of ours is under one part of theirs, or under none.
    const home = parts.find(({ prefix }) => ourStem.startsWith(prefix))
    for (const part of parts) comparePart(measure, part, part === home ? own : NOTHING, found)
    if (home === undefined) offerAll(measure, own, { prefix: ourStem, list: asked.list }, found)
    return
  }
  const children = new Map(own.children.map((child) => [child.prefix, child]))
  let differ = false
  for (const part of parts) {
    differ = comparePart(measure, part, children.get(part.prefix) ?? NOTHING, found) || differ
    children.delete(part.prefix)
  }
  for (const child of children.values()) sweepPart(measure, child, found)
  if (!differ && children.size === 0 && leastStamp(asked.prefix) >= measure.floor) found.vain += 1
}

function compareWithEntries (measure: Measure, parts: readonly Part[], own: readonly Entry[], found: Findings): void {
  const rest = new Map(own.map((entry) => [keyOf(entry), entry]))
  for (const part of parts) {
    const within: Entry[] = []
    for (const [key, entry] of rest) {
      if (key.startsWith(part.prefix)) {
        within.push(entry)
        rest.delete(key)
      }
    }
    comparePart(measure, part, { sum: sumOf(within.map(({ id }) => id)), count: within.length }, found)
  }
  found.offers.push(...[...rest.values()].filter(({ stamp }) => stamp >= measure.floor))
}

/** Answers whether the part differs. */
function comparePart ({ salt, floor, dead }: Measure, part: Part, own: { readonly sum: Uint8Array, readonly count: number }, { items, skipped }: Findings): boolean {
  const ours = fingerprint(salt, own)
  if (part.count === own.count && part.fingerprint === ours) return false
  if (dead.has(part.prefix, part.fingerprint, ours)) skipped.push(part.prefix)
  else if (greatestStamp(part.prefix) >= floor) {
    dead.note(part.prefix, part.fingerprint, ours)
    // Where we have less than a quarter, naming all of theirs costs less than halving on.
    items.push({ prefix: part.prefix, count: part.count, list: part.count > MAX_ENTRIES && part.count <= MAX_LIST && own.count * 4 <= part.count })
  }
  return true
}

function sweepPart ({ salt, floor, dead }: Measure, { prefix, count, sum }: { readonly prefix: string, readonly count: number, readonly sum: Uint8Array }, { sweeps, skipped }: Findings): void {
  const ours = fingerprint(salt, { count, sum })
  if (dead.has(prefix, NONE_THERE, ours)) skipped.push(prefix)
  else if (greatestStamp(prefix) >= floor) {
    dead.note(prefix, NONE_THERE, ours)
    sweeps.push({ prefix, list: false, count, theirs: [] })
  }
}
