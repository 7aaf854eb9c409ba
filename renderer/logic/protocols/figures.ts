import type { Protocol, ProtocolSample } from '../../../preload/contract/index.ts'
import { grouped } from '../bytes.ts'
import { milliseconds } from '../words.ts'

/** Milliseconds that the panel looks back. */
export const LOOK_BACK = 900_000

/** One figure of the panel. */
export interface Measure {
  readonly key: 'duplicates' | 'bytes' | 'time'
  readonly title: string
  /** Undefined where there was nothing to measure. */
  readonly of: (sample: Pick<ProtocolSample, 'posts' | 'duplicates' | 'bytes' | 'times'>) => number | undefined
}

export const MEASURES: readonly Measure[] = [
  { key: 'duplicates', title: 'Duplicates a post', of: ({ posts, duplicates }) => posts === 0 ? undefined : duplicates / posts },
  { key: 'bytes', title: 'Bytes a post', of: ({ posts, bytes }) => posts === 0 ? undefined : bytes / posts },
  { key: 'time', title: 'From author to you', of: ({ times }) => share(times, 0.5) }
]

/** A row of the panel's table. */
export interface FigureRow { readonly title: string, readonly cells: readonly string[] }

/** The value that this share of all does not exceed; undefined of none. */
export function share (values: readonly number[], part: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}

/** Those of the last 15 minutes. */
export function recent (samples: readonly ProtocolSample[], now: number): readonly ProtocolSample[] {
  return samples.filter(({ to }) => to > now - LOOK_BACK)
}

/** The protocols to show: the one in use, and the other where it was used too; Floodsub first, as everywhere. */
export function protocolsOf (samples: readonly ProtocolSample[], current: Protocol): readonly Protocol[] {
  return (['floodsub', 'gossipsub'] as const).filter((protocol) => protocol === current || samples.some((sample) => sample.protocol === protocol && sample.posts > 0))
}

/** The panel's table: the whole quarter of an hour, a column for each protocol. */
export function figureRows (samples: readonly ProtocolSample[], protocols: readonly Protocol[]): readonly FigureRow[] {
  const sums = protocols.map((protocol) => sumOf(samples.filter((sample) => sample.protocol === protocol)))
  const row = (title: string, cell: (sum: Sum) => string): FigureRow => ({ title, cells: sums.map(cell) })
  return [
    row('Posts that came', ({ posts }) => grouped(posts)),
    row('Duplicates a post', (sum) => perPost(sum, sum.duplicates, (value) => value.toFixed(2))),
    row('Bytes a post', (sum) => perPost(sum, sum.bytes, (value) => grouped(Math.round(value)))),
    row('From author to you, half within', ({ times }) => timeWords(share(times, 0.5))),
    row('From author to you, 9 of 10 within', ({ times }) => timeWords(share(times, 0.9)))
  ]
}

/**
 * A measure over time, for a plot: minutes before now, then a column for each
 * protocol, with null where there is nothing of it.
 */
export function columnsOf (samples: readonly ProtocolSample[], protocols: readonly Protocol[], { of }: Measure, now: number): [number[], ...(number | null)[][]] {
  const spans = [...new Set(samples.map(({ from }) => from))].sort((a, b) => a - b)
  const middle = (from: number): number => {
    const to = samples.find((sample) => sample.from === from)?.to ?? from
    return Math.min(0, ((from + to) / 2 - now) / 60_000)
  }
  const column = (protocol: Protocol): (number | null)[] => spans.map((from) => {
    const sample = samples.find((one) => one.from === from && one.protocol === protocol)
    return sample === undefined ? null : of(sample) ?? null
  })
  return [spans.map(middle), ...protocols.map(column)]
}

/** A duration as it is measured: `2.4 ms`, `850 ms`, `1.2 s`. */
export function timeWords (ms: number | undefined): string {
  return ms === undefined ? '–' : ms === 0 ? '0 ms' : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1_000 ? milliseconds(ms) : `${(ms / 1_000).toFixed(1)} s`
}

type Sum = Pick<ProtocolSample, 'posts' | 'duplicates' | 'bytes' | 'times'>

function sumOf (samples: readonly ProtocolSample[]): Sum {
  const add = (of: (sample: ProtocolSample) => number): number => samples.reduce((sum, sample) => sum + of(sample), 0)
  return { posts: add(({ posts }) => posts), duplicates: add(({ duplicates }) => duplicates), bytes: add(({ bytes }) => bytes), times: samples.flatMap(({ times }) => times) }
}

function perPost ({ posts }: Sum, value: number, words: (value: number) => string): string {
  return posts === 0 ? '–' : words(value / posts)
}
