/** Changes of one letter up to which two words count as near. */
const NEAR = 2

/** What somebody probably meant: the nearest of some words, or undefined where none is near. */
export function suggest (word: string, words: Iterable<string>): string | undefined {
  let best: string | undefined
  // A short word is near to everything of its length.
  let least = Math.min(NEAR, Math.floor(word.length / 3)) + 1
  for (const candidate of words) {
    const distance = Math.abs(candidate.length - word.length) >= least ? least : changes(word, candidate)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Letters to be put in, left out or replaced to make one word of the other. */
function changes (from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1)))
    }
    row = next
  }
  return row[to.length] ?? 0
}
