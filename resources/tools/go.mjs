// Finds the Go toolchain, of which test/interop builds a peer.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { root } from './paths.mjs'

/** Where Go's own installer puts it, which is not on everybody's PATH. */
const usual = '/usr/local/go/bin/go'

/** @typedef {{ readonly kind: 'found', readonly program: string } | { readonly kind: 'missing', readonly why: string }} Go */

/** The first Go that is new enough: of the PATH, then of /usr/local/go. @returns {Go} */
export function findGo(programs = ['go', usual]) {
  const least = leastVersion()
  const found = programs.flatMap((program) => {
    const version = versionOf(program)
    return version === undefined ? [] : [{ program, version }]
  })
  const fit = found.find(({ version }) => isAtLeast(version, least))
  if (fit !== undefined) return { kind: 'found', program: fit.program }
  const had = found.map(({ program, version }) => `${program} is ${version}`).join(', ')
  return { kind: 'missing', why: `it builds a peer with Go ${least} or newer, of go.dev: ${had || `there is none on the PATH or in ${dirname(usual)}`}` }
}

/** What test/interop/go asks for. */
function leastVersion() {
  return /^go ([\d.]+)$/mu.exec(readFileSync(join(root, 'test/interop/go/go.mod'), 'utf8'))?.[1] ?? ''
}

/** @param {string} program */
function versionOf(program) {
  if (program === usual && (process.platform === 'win32' || !existsSync(usual))) return undefined
  const { status, stdout } = spawnSync(program, ['env', 'GOVERSION'], { encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } })
  return status === 0 ? stdout.trim().replace(/^go/u, '') : undefined
}

/** @param {string} version @param {string} least */
function isAtLeast(version, least) {
  /** @param {string} text */
  const parts = (text) => (text.match(/\d+/gu) ?? []).slice(0, 3).map(Number)
  const [have, want] = [parts(version), parts(least)]
  const differs = [0, 1, 2].find((index) => (have[index] ?? 0) !== (want[index] ?? 0)) ?? 0
  return (have[differs] ?? 0) >= (want[differs] ?? 0)
}
