import { dropUnseen } from './unseen.ts'

/** Characters (UTF-16 units) of a paste that are looked at: a long mail. What it takes grows with them, to 70 ms at worst (measured). */
export const MOST_PASTED = 65_536

/** How deep links are percent-encoded within links, at most; redirects within redirects encode twice. */
const MOST_DECODINGS = 3

/** Entities that HTML writes for characters of links, and for ones that draw nothing. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', num: '#', sol: '/', colon: ':', period: '.', lowbar: '_', hyphen: '-', dash: '-', percnt: '%', equals: '=',
  nbsp: ' ', ensp: ' ', emsp: ' ', thinsp: ' ', NewLine: '\n', Tab: ' ', shy: '', zwj: '', zwnj: '', lrm: '', rlm: '', ZeroWidthSpace: '', NoBreak: '', wbr: ''
}

/**
 * Undoes what chat and mail programs, phones and word processors do to text
 * made of ASCII: entities, characters that draw nothing, full-width forms,
 * typographic hyphens, Markdown's backslashes, marks of quoted mail, soft line
 * breaks. Line breaks and spaces stay. What lies beyond {@link MOST_PASTED} is left out. For links and addresses, not for prose.
 */
export function unwrapAscii (text: string): string {
  const plain = text.slice(0, MOST_PASTED).replace(/\r\n?/g, '\n').replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,16}));/gi, entity)
  return keepingLines(plain)
    // Full-width and small forms, as input methods of East Asia write them.
    .replace(/[\uFE50-\uFE6F\uFF01-\uFF5E]/g, (character) => character.normalize('NFKC'))
    .replace(/\u2014/g, '--').replace(/[\u2010-\u2013\u2212]/g, '-').replace(/[\u2044\u2215]/g, '/').replace(/\u3002/g, '.')
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '')
    // Quoted-printable breaks lines by `=` at their end.
    .replace(/=[ \t]*\n/g, '')
    .replace(/^[ \t]*(?:[>|][ \t]*)+/gm, '')
}

/** A text, then the same percent-decoded, for as long as that changes anything. ASCII alone is decoded. */
export function * decodings (text: string): Generator<string> {
  let now = text
  yield now
  for (let i = 0; i < MOST_DECODINGS; i++) {
    const next = now.replace(/%([2-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    if (next === now) return
    now = next
    yield now
  }
}

function entity (written: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name] ?? written
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code <= 0x10FFFF ? String.fromCodePoint(code) : written
}

/** Line breaks end quoting and soft breaks; all other white space is a space. */
function keepingLines (text: string): string {
  return text.split(/[\n\u0085\u2028\u2029]/u).map((line) => dropUnseen(line.replace(/[^\S\uFEFF]/gu, ' '))).join('\n')
}
