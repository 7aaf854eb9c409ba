import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../../resources/tools/paths.mjs'
import { relayPackage } from './support/packages.ts'

// What the tools say with which distributions judge packages and units.

let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'natter-relay-lint-'))
  execFileSync('dpkg-deb', ['--extract', relayPackage('.deb'), place])
})
afterAll(() => { rmSync(place, { recursive: true, force: true }) })

function judge (program: string, ...args: readonly string[]): { readonly status: number | null, readonly said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  return { status, said: (stdout + stderr).trim() }
}

it('lintian finds no error and no warning in the deb, and each exception has its reason', () => {
  expect(judge('lintian', '--allow-root', '--fail-on', 'error,warning', '--tag-display-limit', '0', relayPackage('.deb'))).toEqual({ status: 0, said: '' })
  const overrides = readFileSync(join(root, 'resources/relay/lintian-overrides'), 'utf8').trim().split('\n')
  expect(overrides.filter((line, index) => !line.startsWith('#') && !(overrides[index - 1] ?? '').startsWith('#'))).toEqual([])
})

it('the unit is exposed to less than 2.0 by systemd\'s count', () => {
  const unit = join(place, 'usr/lib/systemd/system/natter-relay.service')
  const { status, said } = judge('systemd-analyze', 'security', '--offline=true', '--no-pager', '--threshold=19', unit)
  console.log(said.split('\n').at(-1))
  expect(Number(/Overall exposure level for natter-relay\.service: (\d+\.\d)/.exec(said)?.[1])).toBeLessThan(2)
  expect(status).toBe(0)
})

it('the manual page can be read, and says all that --help says', () => {
  const page = join(place, 'usr/share/man/man1/natter-relay.1.gz')
  expect(judge('sh', '-c', `zcat '${page}' | groff -man -Tutf8 -ww -z`)).toEqual({ status: 0, said: '' })
  const words = judge('sh', '-c', `zcat '${page}' | groff -man -Tutf8 -P-c -P-b -P-u`).said
  const help = execFileSync(process.execPath, [join(place, 'usr/lib/natter-relay/natter-relay.mjs'), '--help'], { encoding: 'utf8' })
  for (const line of help.split('\n')) expect(words).toContain(line.trim())
})
