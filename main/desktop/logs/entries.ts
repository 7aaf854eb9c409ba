import type { Phase, Reachability, Update } from '../../../preload/contract/index.ts'
import { errorWords } from './error-words.ts'

/** What the log can hold. There is no entry for a free text, so that none comes in by mistake. */
export type Entry =
  /** `runtime`: versions and the system. */
  | { readonly kind: 'start', readonly version: string, readonly runtime: string, readonly mode: readonly ('safe mode' | 'profile' | 'hidden')[] }
  /** A step of the start, and milliseconds since the process began. */
  | { readonly kind: 'step', readonly step: 'the window opens' | 'the parts are loaded' | 'the start is done', readonly ms: number }
  | { readonly kind: 'phase', readonly phase: Phase }
  | { readonly kind: 'reachability', readonly reachability: Reachability }
  | { readonly kind: 'update', readonly update: Update }
  /** What somebody gave to `console.warn` or `console.error`. */
  | { readonly kind: 'problem', readonly words: readonly unknown[] }
  /** A process of ours ended by itself. */
  | { readonly kind: 'gone', readonly part: string, readonly reason: string, readonly exitCode: number }
  | { readonly kind: 'left out', readonly count: number }
  | { readonly kind: 'end' }

/**
 * An entry as lines of text. Takes from what it is given only what cannot hold
 * what people wrote, their names, links or keys; peer ids are shortened.
 */
export function entryLines (entry: Entry): readonly string[] {
  switch (entry.kind) {
    case 'start':
      return [`Natter ${entry.version} starts on ${entry.runtime}${entry.mode.map((mode) => `, ${mode}`).join('')}`]
    case 'step':
      return [`${entry.step} after ${entry.ms.toFixed(0)} ms`]
    case 'phase':
      return [`phase: ${entry.phase.kind}`]
    case 'reachability': {
      const { state, through } = entry.reachability
      // Which relays somebody uses is theirs to tell.
      return [`reachability: ${state}${through.length === 0 ? '' : `, through ${through.length} ${through.length === 1 ? 'relay' : 'relays'}`}`]
    }
    case 'update':
      return [`update: ${entry.update.kind}`]
    case 'problem':
      return problemLines(entry.words)
    case 'gone':
      return [`${entry.part} ended: ${/^[a-z-]{1,40}$/u.test(entry.reason) ? entry.reason : 'for an unknown reason'}, code ${entry.exitCode}`]
    case 'left out':
      return [`${entry.count} more problems in this minute were left out`]
    case 'end':
      return ['Natter ends']
  }
}

/** Our own sentences begin with the program's name and quote nobody; of the rest only errors are taken, by name and place. */
function problemLines ([first, ...rest]: readonly unknown[]): readonly string[] {
  const isOurs = typeof first === 'string' && first.startsWith('natter: ')
  const head = isOurs ? first.slice(8, 200).replaceAll(/[^\x20-\x7E]/gu, '').replaceAll(/[1-9A-HJ-NP-Za-km-z]{30,}/gu, shortPeer) : 'a library says something'
  const errors = (isOurs ? rest : [first, ...rest]).filter((word) => word instanceof Error)
  return [head, ...errors.flatMap(errorWords)]
}

function shortPeer (peer: string): string {
  return `${peer.slice(0, 4)}…${peer.slice(-4)}`
}
