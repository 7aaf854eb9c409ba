/** A version as semver.org has it, without build metadata. */
export const VERSION = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/u

/**
 * Which of two versions is newer, by semver's precedence: negative where it is
 * `b`. A pre-release comes before its release.
 *
 * @throws {RangeError} where one is no version
 */
export function compareVersions (a: string, b: string): number {
  const one = parse(a)
  const other = parse(b)
  for (const [at, part] of one.numbers.entries()) {
    const difference = part - (other.numbers[at] ?? 0)
    if (difference !== 0) return difference
  }
  return comparePreReleases(one.preRelease, other.preRelease)
}

function parse (version: string): { readonly numbers: readonly number[], readonly preRelease: readonly string[] } {
  const match = VERSION.exec(version)
  if (match === null) throw new RangeError('not a version')
  return { numbers: match.slice(1, 4).map(Number), preRelease: match[4]?.split('.') ?? [] }
}

function comparePreReleases (a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length
  for (const [at, part] of a.entries()) {
    const other = b[at]
    if (other === undefined) return 1
    const difference = comparePart(part, other)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Numbers by value and before words, words by their characters. */
function comparePart (a: string, b: string): number {
  const numbers = [a, b].filter((part) => /^\d+$/u.test(part)).length
  if (numbers === 2) return Number(a) - Number(b)
  if (numbers === 1) return /^\d+$/u.test(a) ? -1 : 1
  return a < b ? -1 : Number(a > b)
}
