import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from '../../../../resources/tools/paths.mjs'

/** What Prometheus' own judge says of a page of figures: nothing, if it is content. */
export function judgeMetrics (text: string): { readonly status: number | null, readonly said: string } {
  const { status, stdout, stderr } = spawnSync(findPromtool(), ['check', 'metrics'], { input: text, encoding: 'utf8' })
  return { status, said: (stdout + stderr).trim() }
}

/** What it says of rules for alerts. @param file absolute path */
export function judgeRules (file: string): { readonly status: number | null, readonly said: string } {
  const { status, stdout, stderr } = spawnSync(findPromtool(), ['check', 'rules', file], { encoding: 'utf8' })
  return { status, said: (stdout + stderr).trim() }
}

/** Debian's promtool. Its package brings a server that starts at once, so it is unpacked and not installed; once a machine. */
function findPromtool (): string {
  const kept = join(cache, 'promtool')
  if (existsSync(kept)) return kept
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, 'unpacking-'))
  try {
    execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', '-qq', 'download', 'prometheus'], { cwd: work, stdio: 'pipe' })
    const [file = ''] = readdirSync(work)
    execFileSync('dpkg-deb', ['--extract', join(work, file), work])
    renameSync(join(work, 'usr/bin/promtool'), kept)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return kept
}
