import { readFileSync } from 'node:fs'
import { readdir, readFile, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as v from 'valibot'
import { SettingsError } from '../../settings/errors.ts'
import { writeWhole } from '../../settings/files.ts'
import { WrappedKey } from './passphrase.ts'

const VERSION = 1
const common = { version: v.literal(VERSION), peerId: v.pipe(v.string(), v.maxLength(128)) }
const base64 = v.pipe(v.string(), v.base64(), v.maxLength(16_384))

/** The file that holds the identity key. The peer id stands beside it in plain: it is public, and proves that the right key came out. */
export const KeyFile = v.variant('protection', [
  v.object({ ...common, protection: v.literal('keystore'), sealed: base64 }),
  v.object({ ...common, protection: v.literal('passphrase'), wrapped: WrappedKey }),
  v.object({ ...common, protection: v.literal('none'), key: base64 })
])
export type KeyFile = v.InferOutput<typeof KeyFile>

/** {@link KeyFile} before it is known for whom it is. */
export type Protected = KeyFile extends infer File ? File extends KeyFile ? Omit<File, 'version' | 'peerId'> : never : never

/** Outcome of {@link readKeyFile}. */
export type ReadKeyFile = { readonly kind: 'absent' } | { readonly kind: 'damaged' } | { readonly kind: 'newer' } | { readonly kind: 'read', readonly file: KeyFile }

/**
 * Reads the key file. What is wrong with it is an answer, not an error: the
 * caller must decide, and nothing may be overwritten meanwhile.
 *
 * @throws {SettingsError} `ERR_DATA_DIRECTORY` if it is there and cannot be read
 */
export async function readKeyFile (path: string): Promise<ReadKeyFile> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'absent' }
    throw new SettingsError('ERR_DATA_DIRECTORY', `Natter cannot read its identity key in ${path}: see who may read that file, then start Natter again.`, { cause: error })
  }
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    // The error would quote the file, and in it the key.
    return { kind: 'damaged' }
  }
  const newer = v.safeParse(v.looseObject({ version: v.pipe(v.number(), v.integer(), v.minValue(VERSION + 1)) }), raw)
  if (newer.success) return { kind: 'newer' }
  const parsed = v.safeParse(KeyFile, raw)
  return parsed.success ? { kind: 'read', file: parsed.output } : { kind: 'damaged' }
}

/** Removes what a write that a crash cut off leaves beside the key file. Nothing may be writing it meanwhile. Never rejects. */
export async function removeUnfinished (path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => [])
  const isUnfinished = (name: string): boolean => name.startsWith(`${basename(path)}.`) && /^\d{1,10}$/u.test(name.slice(basename(path).length + 1))
  for (const name of names.filter(isUnfinished)) await unlink(join(dirname(path), name)).catch(() => {})
}

/** Whether a passphrase wraps the key, as far as a look at the file tells. Waits for the disk: for what has to be known before anything else runs. */
export function isUnderPassphrase (path: string): boolean {
  try {
    const parsed = v.safeParse(KeyFile, JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success && parsed.output.protection === 'passphrase'
  } catch {
    return false
  }
}

/**
 * Writes the key file whole or not at all, readable by its owner only.
 *
 * @throws {SettingsError} `ERR_DATA_DIRECTORY`
 */
export async function writeKeyFile (path: string, peerId: string, content: Protected): Promise<void> {
  const file: KeyFile = { version: VERSION, peerId, ...content }
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`)
}
