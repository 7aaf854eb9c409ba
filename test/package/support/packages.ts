import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root } from '../../../resources/tools/paths.mjs'

/** Where the test flavour is packed to. */
export const PACKAGES = join(root, 'release/test')

/** The folder that packages are made of, and its program. */
export const UNPACKED = join(PACKAGES, process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked')
export const PROGRAM = 'natter-test'

/** Where deb and rpm put the app. */
export const INSTALLED = '/opt/Natter test'
export const APP_ID = 'chat.natter.NatterTest'

/**
 * Packs the test flavour as `npm run package:test` does.
 * @param args targets and options of that script
 * @throws Error with what it wrote, if it fails
 */
export function pack (args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'resources/tools/launch.mjs'), 'package', '--test', ...args], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new Error(`packing ended with ${String(status)}:\n${stdout.slice(-4_000)}\n${stderr.slice(-4_000)}`)
}

/** Absolute path of the one package of a kind, in the folder that it was packed to. */
export function packageOf (kind: 'deb' | 'rpm' | 'tar.gz', folder = PACKAGES): string {
  const found = readdirSync(folder).filter((name) => name.endsWith(`.${kind}`))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`there should be one .${kind} in ${folder}, and there is: ${found.join(', ')}`)
  return join(folder, only)
}
