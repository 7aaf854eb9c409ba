// Where things are in the checkout.
import { readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const dist = join(root, 'dist')
/** Programs of the dependencies, as npm links them. */
export const bin = join(root, 'node_modules', '.bin')
/** Screenshots, logs and whatever else a run leaves to look at; never committed. */
export const artifacts = join(root, 'artifacts')
/** Outlives the checkout, so that a second checkout need not fetch anything again. */
export const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'natter')

/** @param {string} path @returns {unknown} */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Whether the module of this URL is the program itself and not an import of another.
 * @param {string} url */
export function isEntry(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)
}
