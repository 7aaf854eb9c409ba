// `npm start`: builds if a source is newer than dist/, then opens the app.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { buildAll, isStale } from './build.mjs'
import { describe, environmentFor, findElectron } from './electron.mjs'
import { root } from './paths.mjs'

/** @param {unknown} error @returns {never} */
function fail(error) {
  console.error(`natter: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(2)
}

const isHeadless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
const onlySays = process.argv.slice(2).some((argument) => argument === '--help' || argument === '--version')
if (isHeadless && !onlySays) fail('there is no display to open a window on; `xvfb-run -a npm start` runs it on an invisible one.')

const runtime = await findElectron().catch(fail)
console.log(describe(runtime))
if (isStale()) await buildAll().catch(fail)

const switches = []
if (process.getuid?.() === 0 && !process.argv.includes('--no-sandbox')) {
  console.log("natter: running as root, where Chromium's sandbox cannot work, so it is off. Start Natter as an ordinary user to have it on.")
  switches.push('--no-sandbox')
}

const child = spawn(runtime.binary, [...switches, root, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...environmentFor(runtime) }
})
child.on('error', fail)
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to the app as well.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
