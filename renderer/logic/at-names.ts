import { MAX_NAME_LENGTH } from '../../preload/contract/index.ts'
import { fold } from './fold.ts'

/** What is typed of a name: where its `@` stands, and what follows up to the caret. */
export interface AtQuery { readonly from: number, readonly query: string }

const plain = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Names that are offered at a time. */
const MOST = 6

/**
 * The name that is being typed at the caret, if any: from the nearest `@` that
 * begins a word, on the same line. Names hold spaces, so those do not end it:
 * what fits no name is offered nothing.
 */
export function atQuery (text: string, caret: number): AtQuery | undefined {
  const line = text.slice(Math.max(0, caret - MAX_NAME_LENGTH - 1), caret)
  const at = line.lastIndexOf('@')
  if (at < 0 || line.includes('\n', at)) return undefined
  const from = caret - line.length + at
  // 'ada@example' is an address.
  if (from > 0 && /[\p{L}\p{N}\p{M}_]$/u.test(text.slice(Math.max(0, from - 2), from))) return undefined
  return { from, query: text.slice(from + 1, caret) }
}

/**
 * Names that what was typed may become: those that begin with it, then those
 * with a word that does. None where it is a whole name already and no longer
 * one begins with it: there is nothing left to offer.
 */
export function namesFor (query: string, names: readonly string[]): readonly string[] {
  const wanted = fold(query).text
  if (wanted.startsWith(' ')) return []
  const seen = new Set<string>()
  const found: { readonly name: string, readonly rank: number }[] = []
  for (const name of names) {
    const folded = fold(name).text
    const rank = folded === wanted ? 0 : folded.startsWith(wanted) ? 1 : folded.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 2 : undefined
    if (folded === '' || seen.has(folded) || rank === undefined) continue
    seen.add(folded)
    found.push({ name, rank })
  }
  // Whom a post names is not judged as loosely as here: '@tomas' is not yet '@Tomás'.
  if (found.length === 1 && plain(found[0]?.name ?? '') === plain(query)) return []
  return found.sort((a, b) => a.rank - b.rank).slice(0, MOST).map(({ name }) => name)
}
