import { randomUUID } from 'node:crypto'
import { chmod, link, open, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { PrivateKey } from '@libp2p/interface'
import { decodeIdentity, encodeIdentity, generateIdentity } from '../node/identity.ts'
import { makeFolder } from '../settings/make-folder.ts'
import { diskWords } from '../../words/disk.ts'
import { ConfigError } from './config/config-error.ts'

/** The file in `--data` that the relay's peer id comes from. */
export const KEY_FILE = 'identity.key'

const OWNER_ONLY = 0o600

/**
 * The key in a data directory; made at the first start, never overwritten:
 * the peer id is part of every address that people were given.
 *
 * @throws {ConfigError} if the directory cannot be written or the key is damaged
 */
export async function loadKey (directory: string): Promise<PrivateKey> {
  const path = join(directory, KEY_FILE)
  try {
    await makeFolder(resolve(directory))
    return await readKey(path) ?? await createKey(path)
  } catch (error) {
    if (error instanceof ConfigError) {
      throw error
    }
    throw new ConfigError(`The data directory '${directory}' cannot be used: ${diskWords(error)}. Name another one with --data, or fix this one.`, { cause: error })
  }
}

async function readKey (path: string): Promise<PrivateKey | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined
    }
    throw error
  }
  try {
    const key = decodeIdentity(bytes)
    await chmod(path, OWNER_ONLY)
    return key
  } catch (error) {
    throw new ConfigError(`The key in '${path}' is damaged; put back a copy of it, or move it away to start under a new peer id.`, { cause: error })
  }
}

async function createKey (path: string): Promise<PrivateKey> {
  const key = await generateIdentity()
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, 'wx', OWNER_ONLY)
  try {
    await file.writeFile(encodeIdentity(key))
    await file.sync()
    // Unlike a rename, a link never replaces a key that came to be meanwhile.
    await link(temporary, path)
  } finally {
    await file.close()
    await rm(temporary, { force: true })
  }
  return key
}

function codeOf (error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}
