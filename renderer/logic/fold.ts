/** A text as a search compares it, with the way back to where each piece of it stood. */
export interface Folded {
  readonly text: string
  /** For every UTF-16 unit of `text`: where the character that it comes from begins; one more for the end. */
  readonly starts: readonly number[]
}

/** One character: decomposed (NFKD), without marks, lower case. */
function foldCharacter (character: string): string {
  return character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')
}

/** Folds a text and keeps, for each unit of the result, where it came from. */
export function fold (text: string): Folded {
  const starts: number[] = []
  let folded = ''
  let at = 0
  for (const character of text) {
    const piece = foldCharacter(character)
    for (let i = 0; i < piece.length; i++) starts.push(at)
    folded += piece
    at += character.length
  }
  starts.push(at)
  return { text: folded, starts }
}
