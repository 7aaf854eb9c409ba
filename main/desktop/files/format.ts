import * as v from 'valibot'

/** Version of the JSON Lines that this program writes. */
const VERSION = 1

/** One post as exports have it. */
export interface ExportedPost {
  readonly id: string
  /** Wire name. */
  readonly topic: string
  /** Peer id. */
  readonly author: string
  readonly name: string
  /** The author's clock, milliseconds since the Unix epoch. */
  readonly time: number
  readonly text: string
  /** The signed bytes, as they travelled. */
  readonly payload: Uint8Array
}

const Header = v.object({
  natter: v.literal('history'),
  version: v.literal(VERSION),
  /** Wire name of the topic of all posts; missing where each line names its own. */
  topic: v.optional(v.string())
})

/** What an import looks at: all else in a line is for other programs, and proves nothing. */
const Line = v.object({ topic: v.optional(v.string()), payload: v.pipe(v.string(), v.base64()) })

/**
 * The first line of an export, without its end.
 *
 * @param topic undefined: each line names its own
 * @param now milliseconds since the Unix epoch
 */
export function writeHeader (topic: string | undefined, now: number): string {
  return JSON.stringify({ natter: 'history', version: VERSION, ...(topic === undefined ? {} : { topic }), exportedAt: new Date(now).toISOString() })
}

/** One post as a line, without its end. */
export function writeLine ({ id, topic, author, name, time, text, payload }: ExportedPost, withTopic: boolean): string {
  return JSON.stringify({ ...(withTopic ? { topic } : {}), id, author, name, time, text, payload: Buffer.from(payload).toString('base64') })
}

/** Outcome of {@link readHeader}. */
export type ReadHeader = { readonly kind: 'read', readonly topic: string | undefined } | { readonly kind: 'newer' } | { readonly kind: 'foreign' }

/** Reads the first line of what may be an export. Never throws. */
export function readHeader (line: string): ReadHeader {
  const raw = parse(line)
  const header = v.safeParse(Header, raw)
  if (header.success) return { kind: 'read', topic: header.output.topic }
  const newer = v.safeParse(v.object({ natter: v.literal('history'), version: v.pipe(v.number(), v.integer(), v.minValue(VERSION + 1)) }), raw)
  return { kind: newer.success ? 'newer' : 'foreign' }
}

/** Reads a post's line: the signed bytes, and the topic if it names one; undefined where it is none. Never throws. */
export function readLine (line: string): { readonly topic: string | undefined, readonly payload: Uint8Array } | undefined {
  const read = v.safeParse(Line, parse(line))
  return read.success ? { topic: read.output.topic, payload: new Uint8Array(Buffer.from(read.output.payload, 'base64')) } : undefined
}

function parse (line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
