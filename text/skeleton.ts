import confusables from 'unhomoglyph/data.json' with { type: 'json' }
import { mixedScripts, scriptsOf } from './scripts.ts'
import { dropUnseen, hasNeedless, isBlank } from './unseen.ts'

/** Characters that look like others, each with what stands for them all: UTS #39's table, as unhomoglyph ships it. */
const PROTOTYPES: Readonly<Record<string, string>> = confusables

/**
 * What a name looks like, for comparison alone: NFKC, without characters that
 * draw nothing, case folded, and one character for all that look like it (UTS
 * #39, section 4). Names with the same skeleton are taken for each other.
 */
export function skeleton (name: string): string {
  return prototypes(folded(base(name)))
}

/**
 * All that a name may be taken for, its {@link skeleton} first. Case hides some
 * likenesses and makes others: `MUSlC` looks like `MUSIC`, which stands for
 * `music`, and so does `МUSIC` with a Cyrillic capital.
 */
export function likenesses (name: string): readonly string[] {
  const whole = base(name)
  const forms = [whole, foreignPrototypes(whole), prototypes(whole), whole.replace(CAPITAL_I, 'I')]
  return [...new Set(forms.map((form) => prototypes(folded(form))))]
}

/** Whether one name may be taken for the other; a name is not like itself. */
export function looksLike (a: string, b: string): boolean {
  if (a === b) return false
  const others = likenesses(b)
  return likenesses(a).some((key) => others.includes(key))
}

/** What about a name could deceive who reads it. */
export interface NameTraits {
  /** There is nothing to see. */
  readonly blank: boolean
  /** It holds characters that draw nothing, and that neither a script nor an emoji needs. */
  readonly unseen: boolean
  /** Scripts that one of its words mixes though nobody writes them together. */
  readonly mixed: readonly string[]
  /** Its mixed letters pass for those of one script. */
  readonly disguised: boolean
}

/** Looks at a name for what could deceive. */
export function traitsOf (name: string): NameTraits {
  const mixed = /^[\x20-\x7E]*$/.test(name) ? [] : mixedScripts(name)
  return { blank: isBlank(name), unseen: hasNeedless(name), mixed, disguised: mixed.length > 0 && isDisguise(name) }
}

/** Whether words with mixed scripts would be of one script if each letter were what it looks like. */
function isDisguise (name: string): boolean {
  const words = (base(name).match(/[\p{L}\p{M}]+/gu) ?? []).filter((word) => mixedScripts(word).length > 0)
  return words.some((word) => scriptsOf(prototypes(word)).length === 1)
}

function base (name: string): string {
  // The byte order mark counts as white space in JavaScript.
  return dropUnseen(name.normalize('NFKC').replace(/[^\S\uFEFF]+/gu, ' ')).replace(/ +/gu, ' ').trim()
}

/** What passes for a capital I among capitals. */
const CAPITAL_I = /(?<=\p{Lu})[l1|]|[l1|](?=\p{Lu})/gu

/** Full case folding, near enough: ß is ss, ı is i, and final sigma is sigma. */
function folded (text: string): string {
  return text.toUpperCase().toLowerCase().normalize('NFKC').replaceAll('i̇', 'i').replaceAll('ς', 'σ')
}

/** The same for all but the letters and digits of ASCII, whose case is still to be folded. */
function foreignPrototypes (text: string): string {
  return text.replace(/[^\p{ASCII}]+/gu, prototypes)
}

function prototypes (text: string): string {
  // Decomposed, as the table is: what an accent stands on has a likeness too.
  return [...text.normalize('NFD')].map((character) => Object.hasOwn(PROTOTYPES, character) ? PROTOTYPES[character] ?? character : character).join('').normalize('NFD')
}
