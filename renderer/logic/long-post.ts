/** Characters that a line of a post holds at the most: `max-inline-size` of its paragraph. */
const LINE = 72
/** Lines of a post that are shown at first. */
const SHOWN = 24
/** Posts of up to so many lines are shown whole: to fold fewer than a dozen away saves nobody anything. */
const WHOLE = 36

/**
 * The beginning of a post that is too long to stand whole among others, or
 * undefined where it is not: 16 KiB of line breaks are 311,239 px high.
 */
export function beginningOf (text: string): string | undefined {
  if (text.length <= WHOLE) return undefined
  let lines = 0
  let end: number | undefined
  for (let at = 0; at < text.length && lines <= WHOLE;) {
    const found = text.indexOf('\n', at)
    const stop = found === -1 ? text.length : found
    const rows = Math.max(1, Math.ceil((stop - at) / LINE))
    if (end === undefined && lines + rows > SHOWN) end = lines === SHOWN ? at - 1 : at + (SHOWN - lines) * LINE
    lines += rows
    at = stop + 1
  }
  if (lines <= WHOLE || end === undefined) return undefined
  return text.slice(0, wholeCharacter(text, Math.max(0, end))).trimEnd()
}

/** Parts of a text up to a length, all where there is none. */
export function cutParts<Part extends { readonly text: string }> (parts: readonly Part[], length: number | undefined): readonly Part[] {
  if (length === undefined) return parts
  const shown: Part[] = []
  let left = length
  for (const part of parts) {
    if (left <= 0) break
    shown.push(part.text.length <= left ? part : { ...part, text: part.text.slice(0, left) })
    left -= part.text.length
  }
  return shown
}

/** Not within a character, nor before marks that belong to the one before; a bound, since a post may be marks alone. */
function wholeCharacter (text: string, end: number): number {
  const tail = text.slice(end - 1, end + 64)
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(tail)
  return end - 1 + (first?.segment.length ?? 1)
}
