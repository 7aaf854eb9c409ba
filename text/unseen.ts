/**
 * Characters that draw nothing: those that Unicode tells programs to leave out
 * of sight (zero-width and bidi marks, soft hyphen, fillers, variation
 * selectors, tags: `Default_Ignorable_Code_Point`), control characters,
 * annotation marks, and blanks that Unicode counts as letters or symbols
 * (Braille, musical, Egyptian). Chromium gives the object replacement
 * character no width. White space is another matter: see {@link isBlank}.
 */
const UNSEEN = '\\p{Default_Ignorable_Code_Point}\\p{Cc}\\u2800\\uFFF9-\\uFFFC\\u{13430}-\\u{13442}\\u{1D159}'

const SEEN = new RegExp(`[^\\s${UNSEEN}]`, 'u')
/** Most names: nothing to look for, and no large pattern to compile for it. */
const PLAIN = /^[\x20-\x7E]*$/
const ALL_UNSEEN = new RegExp(`[${UNSEEN}]`, 'gu')

/** Scripts whose letters join, so that a joiner or non-joiner between two of them changes what one reads (Unicode core specification, 23.2). */
const JOINING = [
  'Arabic', 'Syriac', 'Mandaic', 'Nko', 'Mongolian', 'Phags_Pa', 'Adlam', 'Hanifi_Rohingya', 'Manichaean', 'Sogdian',
  'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Tibetan', 'Myanmar', 'Khmer',
  'Balinese', 'Javanese', 'Sundanese', 'Tai_Tham', 'Cham', 'Meetei_Mayek', 'Chakma', 'Grantha', 'Kaithi', 'Newa', 'Sharada', 'Tirhuta'
].map((script) => `\\p{Script_Extensions=${script}}`).join('')
/** A letter or mark of such a script that is seen. */
const JOINED = `(?=[\\p{L}\\p{M}])(?!\\p{Default_Ignorable_Code_Point})[${JOINING}]`

const PICTOGRAPH = '\\p{Extended_Pictographic}[\\uFE0E\\uFE0F]?\\p{Emoji_Modifier}?'

/** Where a script or an emoji needs a character that draws nothing by itself. */
const NEEDED = [
  // Between letters that join; a joiner also behind the last one, which shows its joining form (Persian abbreviations).
  `(?<=${JOINED})(?:\\u200C(?=${JOINED})|\\u200D(?!\\u200D))`,
  `${PICTOGRAPH}(?:\\u200D${PICTOGRAPH})*`,
  // Keycaps, and the flags of England, Scotland and Wales.
  '[0-9#*]\\uFE0F\\u20E3',
  '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{1,6}\\u{E007F}',
  // Mongolian forms, and forms of Han characters in names of people and places.
  '(?<=(?=\\p{L})\\p{Script=Mongolian})[\\u180B-\\u180F]',
  '(?<=\\p{Script=Han})[\\u{E0100}-\\u{E01EF}]'
].reverse().join('|')
const NEEDED_OR_UNSEEN = new RegExp(`(${NEEDED})|[${UNSEEN}]`, 'gu')

/** Whether nothing of a text would be seen: white space and characters that draw nothing. */
export function isBlank (text: string): boolean {
  return !SEEN.test(text)
}

/** Drops every character that draws nothing, line breaks and tabs included. For text that is compared or parsed, not shown. */
export function dropUnseen (text: string): string {
  return text.replace(ALL_UNSEEN, '')
}

/** Drops characters that draw nothing, but for those that a script or an emoji needs: joiners in Persian and Hindi, emoji sequences. */
export function dropNeedless (text: string): string {
  return PLAIN.test(text) ? text : text.replace(NEEDED_OR_UNSEEN, (_, needed?: string) => needed ?? '')
}

/** The same with blanks in place of what goes, so that every other character stays where it is. */
export function blankNeedless (text: string): string {
  return PLAIN.test(text) ? text : text.replace(NEEDED_OR_UNSEEN, (found, needed?: string) => needed ?? ' '.repeat(found.length))
}

/** Whether a text holds characters that draw nothing and that no script or emoji needs. */
export function hasNeedless (text: string): boolean {
  return dropNeedless(text) !== text
}
