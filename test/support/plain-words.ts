import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Fewer digits of base64 than this are found in what is random, now and then. */
const LEAST_DIGITS = 8

/** Where something that should be nowhere was found. */
export interface Found {
  readonly file: string
  readonly words: string
  /** 'name': the file is called so. */
  readonly as: 'utf8' | 'utf16le' | 'json' | 'base64' | 'percent' | 'name'
}

/**
 * Looks through every byte of every file below a folder, and through their names, for words as programs write them:
 * UTF-8, UTF-16, escaped as in JSON with and without everything beyond ASCII, as in addresses, and in base64 at each of its three offsets.
 */
export function findWords (folder: string, words: readonly string[]): readonly Found[] {
  const patterns = words.flatMap((text) => spellings(text).map(([as, bytes]) => ({ text, as, bytes })))
  return filesBelow(folder).flatMap((path) => {
    const bytes = readFileSync(path)
    const file = relative(folder, path)
    return [
      ...words.filter((text) => file.includes(text)).map((text) => ({ file, words: text, as: 'name' as const })),
      ...patterns.filter((pattern) => bytes.includes(pattern.bytes)).map(({ text, as }) => ({ file, words: text, as }))
    ]
  })
}

/** Absolute paths of all regular files; what vanishes meanwhile is left out. */
export function filesBelow (folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}

function spellings (text: string): readonly (readonly [Found['as'], Buffer])[] {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replace(/[^\x20-\x7e]/gu, (character) => [...character].map((each) => [...Array(each.length).keys()].map((n) => `\\u${each.charCodeAt(n).toString(16).padStart(4, '0')}`).join('')).join(''))
  return [
    ['utf8', Buffer.from(text)],
    ['utf16le', Buffer.from(text, 'utf16le')],
    ['json', Buffer.from(json)],
    ['json', Buffer.from(ascii)],
    ['percent', Buffer.from(encodeURIComponent(text))],
    ...[0, 1, 2].map((offset) => base64Within(text, offset)).filter((digits) => digits.length >= LEAST_DIGITS).map((digits): readonly [Found['as'], Buffer] => ['base64', Buffer.from(digits)])
  ]
}

/** The digits of base64 that stand for this text alone where it begins so many bytes into a group. */
function base64Within (text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
  const whole = bytes.subarray(0, bytes.length - bytes.length % 3).toString('base64')
  return whole.slice(offset === 0 ? 0 : 4)
}
