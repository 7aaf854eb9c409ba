import { environmentFor, findElectron } from '../../../resources/tools/electron.mjs'
import { root } from '../../../resources/tools/paths.mjs'

/** Program and arguments that start the built checkout over a data folder; its page lets itself be read ({@link readPage}). */
export async function checkoutLine (userDataDir: string, ...args: readonly string[]): Promise<readonly [program: string, ...args: string[]]> {
  const runtime = await findElectron()
  const environment = Object.entries(environmentFor(runtime)).map(([name, value]) => `${name}=${value}`)
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return ['env', ...environment, runtime.binary, ...sandbox, '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${userDataDir}`, root, ...args]
}
