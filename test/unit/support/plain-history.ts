import { createHash, randomBytes } from 'node:crypto'
import { keyOf } from '../../../main/chat/history/keys.ts'
import { sumOf } from '../../../main/chat/history/fingerprint.ts'
import type { HistoryDeps, HistoryStore, Verdict } from '../../../main/chat/history/types.ts'
import { MAX_ENTRIES, type Entry, type RangeView } from '../../../main/store/types.ts'

/** A post made for a test: its payload begins with its topic and its stamp, so that whoever takes it can tell both. */
export function payloadOf (topic: string, stamp: number, text: string = randomBytes(8).toString('hex')): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([topic, stamp, text]))
}

interface Kept { readonly key: string, readonly entry: Entry, readonly payload: Uint8Array }

/** The plainest store that reconciliation can go by: one sorted array a topic, read anew for each answer. */
export class PlainHistory implements HistoryStore {
  readonly #topics = new Map<string, Kept[]>()
  /** What {@link HistoryStore.setHeld} was told. */
  readonly held: { readonly topic: string, readonly peerId: string, readonly ids: readonly string[] | 'all' }[] = []
  /** What to do before each call; a throw is the store's failure. */
  onCall: () => void = () => {}

  /** Answers whether it was not there. */
  add (topic: string, payload: Uint8Array): boolean {
    const [, stamp] = JSON.parse(new TextDecoder().decode(payload)) as [string, number]
    const entry = { stamp, id: createHash('sha256').update(payload).digest() }
    const key = keyOf(entry)
    const kept = this.#of(topic)
    const at = lowerBound(kept, key)
    if (kept[at]?.key === key) return false
    kept.splice(at, 0, { key, entry, payload })
    return true
  }

  /** The keys of all that it holds. */
  keys (topic: string): string[] {
    return this.#of(topic).map(({ key }) => key)
  }

  remove (topic: string, key: string): void {
    this.#topics.set(topic, this.#of(topic).filter((each) => each.key !== key))
  }

  async ranges (topic: string, prefixes: readonly string[]): Promise<readonly RangeView[]> {
    this.onCall()
    return prefixes.map((prefix) => viewOf(this.#within(topic, prefix), prefix)).filter((view) => view !== undefined)
  }

  async entries (topic: string, prefix: string, after: Entry | undefined, limit: number): Promise<readonly Entry[]> {
    this.onCall()
    const from = after === undefined ? '' : keyOf(after)
    return this.#within(topic, prefix).filter(({ key }) => key > from).slice(0, limit).map(({ entry }) => entry)
  }

  async payloads (topic: string, ids: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    this.onCall()
    const byId = new Map(this.#of(topic).map(({ key, payload }) => [key.slice(12), payload]))
    return ids.map((id) => byId.get(Buffer.from(id).toString('hex')))
  }

  async setHeld (topic: string, { peerId }: { readonly peerId: string }, ids: readonly string[] | 'all'): Promise<readonly []> {
    this.onCall()
    this.held.push({ topic, peerId, ids })
    return []
  }

  async goneIn (): Promise<readonly Entry[]> { return [] }

  async areGone (_topic: string, ids: readonly Uint8Array[]): Promise<readonly boolean[]> { return ids.map(() => false) }

  topic (topic: string): ReturnType<HistoryStore['topic']> {
    return { unread: 0, firstUnread: undefined, newestStamp: this.#of(topic).at(-1)?.entry.stamp ?? 0, notify: 'mentions', keepDays: null, bytes: 0, maxBytes: null, floor: 0, gone: 0 }
  }

  #of (topic: string): Kept[] {
    const kept = this.#topics.get(topic) ?? []
    this.#topics.set(topic, kept)
    return kept
  }

  #within (topic: string, prefix: string): Kept[] {
    const kept = this.#of(topic)
    return kept.slice(lowerBound(kept, prefix), lowerBound(kept, `${prefix}g`))
  }
}

/** Takes what {@link payloadOf} made, for this topic alone, as a chat does. */
export function takerOf (store: PlainHistory, { isWanted = () => true }: { readonly isWanted?: (stamp: number, text: string) => boolean } = {}): HistoryDeps['take'] {
  return async (topic, payloads) => {
    store.onCall()
    return payloads.map((payload): Verdict => {
      try {
        const [of, stamp, text] = JSON.parse(new TextDecoder().decode(payload)) as [string, number, string]
        if (of !== topic) return 'refused'
        if (!isWanted(stamp, text)) return 'unwanted'
        return store.add(topic, payload) ? 'kept' : 'known'
      } catch {
        return 'refused'
      }
    })
  }
}

function lowerBound (kept: readonly Kept[], key: string): number {
  let low = 0
  for (let high = kept.length; low < high;) {
    const middle = (low + high) >> 1
    if ((kept[middle]?.key ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

function viewOf (kept: readonly Kept[], prefix: string): RangeView | undefined {
  const [first] = kept
  const last = kept.at(-1)
  if (first === undefined || last === undefined) return undefined
  const total = { prefix, count: kept.length, sum: sumOf(kept.map(({ entry }) => entry.id)) }
  if (kept.length <= MAX_ENTRIES) return { ...total, entries: kept.map(({ entry }) => entry) }
  let length = prefix.length
  while (first.key[length] === last.key[length]) length += 1
  const children = Map.groupBy(kept, ({ key }) => key.slice(0, length + 1))
  return { ...total, children: [...children].map(([child, within]) => ({ prefix: child, count: within.length, sum: sumOf(within.map(({ entry }) => entry.id)) })) }
}
