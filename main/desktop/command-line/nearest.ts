/**
 * The candidate that a word is most likely a slip of: one whose letters differ
 * in at most two places (left out, put in, changed; Levenshtein's distance).
 */
export function nearest <T extends string> (word: string, candidates: readonly T[]): T | undefined {
  let best: T | undefined
  let least = 3
  for (const candidate of candidates) {
    const far = distance(word, candidate)
    if (far < least) {
      least = far
      best = candidate
    }
  }
  return best
}

function distance (a: string, b: string): number {
  // Words far apart in length are far apart: long words of others cost nothing.
  if (Math.abs(a.length - b.length) > 2) return Infinity
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const [left = 0, above = 0, corner = 0] = [next[j], row[j + 1], row[j]]
      next.push(Math.min(left + 1, above + 1, corner + (a[i] === b[j] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? Infinity
}
