import { parseUpdateInfo } from 'electron-updater/out/providers/Provider.js'
import * as v from 'valibot'
import { UpdateError } from './errors.ts'
import { cleanNotes } from './notes.ts'
import { VERSION } from './versions.ts'

/** Bytes that a package may have; today's have about 100 MB. */
const MAX_PACKAGE_BYTES = 1_073_741_824

/** Beside the feed's file and nowhere else; an ordinary name on every system. */
const fileName = v.pipe(v.string(), v.maxLength(200), v.regex(/^[A-Za-z0-9][A-Za-z0-9 ._+~()-]*$/u))

const releaseFile = v.object({
  url: fileName,
  /** SHA-512 of the file, in base64. */
  sha512: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{86}==$/u)),
  /** Bytes. */
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PACKAGE_BYTES))
})

/** What electron-builder writes, as far as Natter reads it. */
const releaseSchema = v.object({
  version: v.pipe(v.string(), v.maxLength(64), v.regex(VERSION)),
  files: v.pipe(v.array(releaseFile), v.minLength(1), v.maxLength(32)),
  releaseNotes: v.nullish(v.pipe(v.string(), v.transform(cleanNotes)), ''),
  /** Of a hundred who ask, how many get it; all where it is not said. */
  stagingPercentage: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100)), 100),
  /** As the system itself tells its version. */
  minimumSystemVersion: v.optional(v.pipe(v.string(), v.maxLength(64)))
})

/** A version that a feed offers. */
export type Release = Readonly<v.InferOutput<typeof releaseSchema>>
/** One package of it. */
export type ReleaseFile = Readonly<v.InferOutput<typeof releaseFile>>

/**
 * Reads the signed part of a feed's file. Only after its signature was found
 * good: a parser of YAML is nothing to show to strangers.
 *
 * @throws {UpdateError} `ERR_FEED_FORMAT`
 */
export function readRelease (body: Uint8Array): Release {
  let raw: unknown
  try {
    raw = parseUpdateInfo(new TextDecoder('utf-8', { fatal: true }).decode(body), 'feed', new URL('feed:'))
  } catch {
    throw unreadable()
  }
  const parsed = v.safeParse(releaseSchema, raw)
  if (!parsed.success) throw unreadable()
  return parsed.output
}

function unreadable (): UpdateError {
  return new UpdateError('ERR_FEED_FORMAT', 'The update feed holds no description of a version that Natter can read. Nothing was downloaded; Natter asks again later.')
}
