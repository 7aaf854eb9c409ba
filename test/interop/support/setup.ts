import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { findGo } from '../../../resources/tools/go.mjs'
import { FOLDERS, GO_PEER } from './programs.ts'

/** Once per run: builds the peers of other projects, so that no test waits for it. */
export default function setup (): void {
  buildGo()
  installJs()
}

/** What is built already and no older than its sources is built again in under a second. */
function buildGo (): void {
  const go = findGo()
  if (go.kind === 'missing') throw new Error(go.why)
  mkdirSync(dirname(GO_PEER), { recursive: true })
  run(go.program, ['build', '-trimpath', '-o', GO_PEER, '.'], FOLDERS.go)
}

function installJs (): void {
  const installed = join(FOLDERS.js, 'node_modules', '.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(FOLDERS.js, 'package-lock.json')).mtimeMs) return
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], FOLDERS.js)
}

function run (program: string, args: readonly string[], cwd: string): void {
  console.log(`${program} ${args.join(' ')}`)
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ${args[0] ?? ''} failed in ${cwd}`)
}
