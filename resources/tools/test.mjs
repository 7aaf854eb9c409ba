// `npm test`: runs the suites one after the other and ends with one plain line that counts them.
//   npm test                 all suites
//   npm test -- fast         those that need no network, no window and no root
//   npm test -- unit e2e     suites by name
//   npm test -- --full fuzz  at full length: fuzz an hour, hostile three times as long
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildAll, isStale } from './build.mjs'
import { findElectron } from './electron.mjs'
import { bin, root } from './paths.mjs'
import { isWithoutDisplay, networkPrefix, pickSuites, whyLeftOut } from './suites.mjs'

/** @typedef {import('./suites.mjs').Suite} Suite */
/** @typedef {{ name: string, outcome: 'passed' | 'failed' | 'left out', seconds: number, note?: string, failures?: string }} Outcome */

const failuresReporter = fileURLToPath(new URL('failures.mjs', import.meta.url))

/** On the project's own machines a suite that cannot run is a failure, not a pity. */
const mustRunAll = process.env['CI'] === 'true'

/** @param {Suite} suite @returns {Promise<number>} the suite's exit code */
function runProgram(suite) {
  const [script = '', ...args] = suite.command
  const line = [process.execPath, join(bin, script), ...args]
  if (script === 'vitest') line.push('--reporter=default', `--reporter=${failuresReporter}`)
  // `-screen`: the size that screenshots are compared at. `-noreset`: else it sends away who connects just when its last client has gone.
  // No variable may be named ARGS, which xvfb-run overwrites.
  if (suite.needsDisplay && isWithoutDisplay()) line.unshift('xvfb-run', '-a', '-s', '-screen 0 1280x900x24 -noreset')
  line.unshift(...networkPrefix(suite))
  const [program = '', ...rest] = line
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd: root, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      stopChild = undefined
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
    stopChild = (signal) => child.kill(signal)
  })
}

/** @param {Suite} suite @returns {Promise<Outcome>} */
async function runSuite(suite) {
  console.log(`\n── ${suite.name} ──`)
  const began = Date.now()
  const note = whyLeftOut(suite)
  if (note !== undefined) {
    console.log(`left out: ${note}`)
    return { name: suite.name, outcome: mustRunAll ? 'failed' : 'left out', seconds: 0, note }
  }
  const folder = mkdtempSync(join(tmpdir(), 'natter-failures-'))
  const file = join(folder, 'failures')
  process.env['NATTER_FAILURES'] = file
  let code = 1
  let failures = ''
  try {
    if (suite.needsDisplay && isStale()) await buildAll()
    // Before a suite goes apart: the runtime may have to be fetched.
    if (suite.needsDisplay) process.env['ELECTRON_OVERRIDE_DIST_PATH'] ??= (await findElectron()).dist
    code = await runProgram(suite)
    if (existsSync(file)) failures = readFileSync(file, 'utf8')
  } catch (error) {
    console.error(error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { name: suite.name, outcome: code === 0 ? 'passed' : 'failed', seconds: (Date.now() - began) / 1000, failures }
}

/** @param {readonly Outcome[]} outcomes */
function summarize(outcomes) {
  for (const { name, failures } of outcomes) {
    if (failures) console.log(`\n── failed in ${name} ──\n${failures.trimEnd()}`)
  }
  console.log('\n── summary ──')
  for (const { name, outcome, seconds, note } of outcomes) {
    console.log(`${name.padEnd(13)} ${outcome.padEnd(9)} ${seconds.toFixed(1).padStart(7)} s${note === undefined ? '' : `  ${note}`}`)
  }
  /** @param {Outcome['outcome']} wanted */
  const count = (wanted) => outcomes.filter(({ outcome }) => outcome === wanted).length
  const leftOut = count('left out') === 0 ? '' : `, ${String(count('left out'))} left out`
  console.log(`\n${String(count('passed'))} passed, ${String(count('failed'))} failed${leftOut}`)
  return count('failed') === 0 && count('passed') > 0
}

/** @type {((signal: NodeJS.Signals) => void) | undefined} */
let stopChild
const run = { isStopping: false }
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    run.isStopping = true
    if (signal !== 'SIGINT' || !process.stdin.isTTY) stopChild?.(signal)
  })
}

const words = process.argv.slice(2)
if (words.includes('--full')) {
  process.env['NATTER_HOSTILE'] = 'full'
  process.env['NATTER_FUZZ_SECONDS'] ??= '2800'
}

/** @type {Suite[]} */
let picked
try {
  picked = pickSuites(words.filter((word) => word !== '--full'))
} catch (error) {
  console.error(`natter: ${/** @type {Error} */ (error).message}`)
  process.exit(2)
}

/** @type {Outcome[]} */
const outcomes = []
for (const suite of picked) {
  if (!run.isStopping) outcomes.push(await runSuite(suite))
}
process.exitCode = summarize(outcomes) && !run.isStopping ? 0 : 1
