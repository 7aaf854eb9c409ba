import type { Protocol, ProtocolSample } from '../../../preload/contract/index.ts'
import { monotonicNow } from '../../node/clock.ts'
import type { NatterNode, PubsubTotals } from '../../node/types.ts'
import type { Pushes } from '../push.ts'

/** Milliseconds that a span lasts, and for how long spans are kept: 60 of them. */
const SPAN = 15_000
const KEPT = 900_000
/** Milliseconds between two looks while a window watches. */
const LOOK = 1_000
/** Milliseconds that pushes go on for without being asked for again: a window may end without a word. */
const LEASE = 30_000
/** Posts whose time is kept in a span, 13 a second: more would tell no more. */
const MAX_TIMES = 200
const PROTOCOLS: readonly Protocol[] = ['floodsub', 'gossipsub']
const NOTHING: PubsubTotals = { first: 0, duplicates: 0, bytesIn: 0 }

interface Tally { posts: number, duplicates: number, bytes: number, readonly times: number[] }
/** `from` is shown; `began` is the same moment by `monotonicNow`. */
interface Span { readonly from: number, readonly began: number, readonly tallies: Map<Protocol, Tally> }
interface Past { readonly began: number, readonly sample: ProtocolSample }

/** What each protocol cost in the last 15 minutes: a look at two sums four times a minute, whatever passed before. */
export interface ProtocolSamples {
  /** Pubsub brought a post so many milliseconds after it was written. */
  readonly heard: (took: number) => void
  /** All that is kept; what comes since is pushed from now on, until the lease of 30 s ends. */
  readonly watch: () => readonly ProtocolSample[]
  readonly unwatch: () => void
}

/** What {@link createProtocolSamples} stands on. */
export interface SamplesDeps {
  /** The node that runs now. */
  readonly node: () => NatterNode | undefined
  /** Ends it. */
  readonly signal: AbortSignal
  readonly pushes: Pick<Pushes, 'push'>
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
}

export function createProtocolSamples ({ node, signal, pushes, now = Date.now }: SamplesDeps): ProtocolSamples {
  let past: readonly Past[] = []
  let span: Span = { from: now(), began: monotonicNow(), tallies: new Map() }
  let read: { readonly node: NatterNode | undefined, readonly totals: Readonly<Record<Protocol, PubsubTotals>> } = { node: undefined, totals: { floodsub: NOTHING, gossipsub: NOTHING } }
  /** What of the span the window does not know. */
  const news = new Set<Protocol>()
  let looking: NodeJS.Timeout | undefined
  let until = -Infinity
  const turning = setInterval(turn, SPAN)
  turning.unref()
  signal.addEventListener('abort', () => {
    clearInterval(turning)
    unwatch()
  })

  function tallyOf (protocol: Protocol): Tally {
    const tally = span.tallies.get(protocol) ?? { posts: 0, duplicates: 0, bytes: 0, times: [] }
    span.tallies.set(protocol, tally)
    news.add(protocol)
    return tally
  }

  /** Adds what came since the last reading. A node that was made anew counts from nothing. */
  function take (): void {
    const running = node()
    const before = running === read.node ? read.totals : { floodsub: NOTHING, gossipsub: NOTHING }
    if (running === undefined) return
    read = { node: running, totals: { floodsub: running.pubsub.totals('floodsub'), gossipsub: running.pubsub.totals('gossipsub') } }
    for (const protocol of PROTOCOLS) {
      const [was, is] = [before[protocol], read.totals[protocol]]
      if (is.bytesIn === was.bytesIn && is.first === was.first && is.duplicates === was.duplicates) continue
      const tally = tallyOf(protocol)
      tally.posts += is.first - was.first
      tally.duplicates += is.duplicates - was.duplicates
      tally.bytes += is.bytesIn - was.bytesIn
    }
  }

  function current (protocols: Iterable<Protocol> = PROTOCOLS): ProtocolSample[] {
    const to = now()
    return [...protocols].flatMap((protocol) => {
      const tally = span.tallies.get(protocol)
      return tally === undefined ? [] : [{ protocol, from: span.from, to, posts: tally.posts, duplicates: tally.duplicates, bytes: tally.bytes, times: [...tally.times] }]
    })
  }

  function young (): readonly Past[] {
    const since = monotonicNow() - KEPT
    return past.filter(({ began }) => began > since)
  }

  function tell (): void {
    for (const sample of current(news)) pushes.push('protocol-sample:change', sample)
    news.clear()
  }

  function turn (): void {
    take()
    if (looking !== undefined) tell()
    past = [...young(), ...current().map((sample) => ({ began: span.began, sample }))]
    span = { from: now(), began: monotonicNow(), tallies: new Map() }
    news.clear()
  }

  function look (): void {
    if (monotonicNow() >= until) {
      unwatch()
      return
    }
    take()
    tell()
  }

  function unwatch (): void {
    clearInterval(looking)
    looking = undefined
  }

  return {
    heard: (took) => {
      const protocol = node()?.pubsub.state.current
      if (protocol === undefined) return
      const { times } = tallyOf(protocol)
      if (times.length < MAX_TIMES) times.push(Math.max(0, took))
    },
    watch: () => {
      until = monotonicNow() + LEASE
      looking ??= setInterval(look, LOOK)
      take()
      news.clear()
      return [...young().map(({ sample }) => sample), ...current()]
    },
    unwatch
  }
}
