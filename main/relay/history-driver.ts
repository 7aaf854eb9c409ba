import { createRequire } from 'node:module'
import { ConfigError } from './config/config-error.ts'

const DRIVER = 'better-sqlite3-multiple-ciphers'
/** Its `engines`; under Node 20.20.2 it ends the process with a segmentation fault (measured). */
const OLDEST_NODE = 22

/**
 * Absolute path of the SQLite module that history is kept with. All else of the relay does without it.
 *
 * @throws {ConfigError} where this Node is too old for it, or it is not installed
 */
export function findHistoryDriver (node = process.versions.node, resolve = createRequire(import.meta.url).resolve): string {
  if (Number(node.split('.')[0]) < OLDEST_NODE) {
    throw new ConfigError(`--keep-history needs Node.js ${String(OLDEST_NODE)} or newer, and this is ${node}.`)
  }
  try {
    return resolve(DRIVER)
  } catch (error) {
    throw new ConfigError(`--keep-history needs the npm package ${DRIVER}, which is not installed here.`, { cause: error })
  }
}
