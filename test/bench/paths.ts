import { measurePair, type PairOptions } from '../nat/support/pairs.ts'

/** What became of the circuits between desktops in networks of two kinds. */
export interface PathsRow {
  readonly networks: string
  readonly runs: number
  readonly direct: number
  readonly relayed: number
  /** Runs that came to no end: neither a direct connection nor a word why not. */
  readonly failed: number
  /** Milliseconds from the start of the try until the connection stood; undefined: it never did, or somebody was dialled before anybody tried. */
  readonly medianMs: number | undefined
  readonly longestMs: number | undefined
  /** What the ends said in the last run. */
  readonly words: readonly [string, string]
}

/** Kinds of networks: what its router does with ports, or `open`: everybody reaches it. */
const KINDS = ['keeps', 'resets', 'random', 'open'] as const
type Kind = (typeof KINDS)[number]

/** Two desktops that everybody reaches need no relay: there is no circuit to begin with. */
const PAIRS = KINDS.flatMap((called) => KINDS.map((caller) => [called, caller] as const)).filter(([called, caller]) => called !== 'open' || caller !== 'open')

/** The first one is called by the second through the relay, and so begins. */
const CASES: readonly (readonly [string, PairOptions])[] = [
  ...PAIRS.map(([called, caller]) => [`${called} × ${caller}`, between(called, caller)] as const),
  ['IPv6 × IPv6', { ip: 6 }]
]

function between (called: Kind, caller: Kind): PairOptions {
  return {
    nat: { natA: called === 'open' ? 'keeps' : called, natB: caller === 'open' ? 'keeps' : caller },
    hosts: [called === 'open' ? 'relay2' : 'a', caller === 'open' ? 'relay2' : 'b']
  }
}

/**
 * Brings two desktops together `runs` times for each pair of networks. Every
 * step of a run has its time; one that fails is counted and said, and the next goes on.
 *
 * @param keep told of the rows so far after each pair
 */
export async function measurePaths (runs: number, say: (line: string) => void, keep: (rows: readonly PathsRow[]) => void): Promise<readonly PathsRow[]> {
  const rows: PathsRow[] = []
  for (const [networks, options] of CASES) {
    say(`${networks}…`)
    const times: number[] = []
    let direct = 0
    let failed = 0
    let words: readonly [string, string] = ['', '']
    for (let run = 0; run < runs; run++) {
      try {
        const result = await measurePair(options)
        words = result.words
        if (result.outcome === 'direct') {
          direct++
          times.push(...result.took === undefined ? [] : [result.took])
        }
      } catch (error) {
        failed++
        say(`  a run failed: ${String(error)}`)
      }
    }
    say(`  ${direct} of ${runs} direct: ${words.join(' | ')}`)
    times.sort((x, y) => x - y)
    rows.push({ networks, runs, direct, relayed: runs - direct - failed, failed, medianMs: times[Math.floor(times.length / 2)], longestMs: times.at(-1), words })
    keep(rows)
  }
  return rows
}
