import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { KEYS, DEFAULTS, DEFAULT_LISTEN, entries } from '../../../main/relay/config/keys.ts'
import { readConfig } from '../../../main/relay/config/read-config.ts'

// The configuration that packages carry: all of it is there, and all of it is true.

const SAMPLE = fileURLToPath(new URL('../../../resources/relay/relay.toml', import.meta.url))
const text = readFileSync(SAMPLE, 'utf8')

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'natter-sample-')) })
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** The configuration that a file makes. */
function read (content: string): ReturnType<typeof readConfig>['config'] {
  const file = join(folder, 'relay.toml')
  writeFileSync(file, content)
  return readConfig(['--config', file], {}).config
}

/** The sample with these keys in force. */
const inForce = (isIn: (path: string) => boolean): string => {
  let section = ''
  return text.split('\n').map((line) => {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section
    const key = /^#([a-z-]+) = /.exec(line)?.[1]
    return key !== undefined && isIn(section === '' ? key : `${section}.${key}`) ? line.slice(1) : line
  }).join('\n')
}

it('changes nothing as it is', () => {
  expect(read(text)).toEqual(readConfig([], {}).config)
})

it('has every key, in the section that it belongs to', () => {
  const paths = new Set<string>()
  inForce((path) => { paths.add(path); return false })
  expect([...paths].sort()).toEqual(entries().map(([, { path }]) => path).sort())
})

it('is right with all of it in force', () => {
  const acme = Object.values(KEYS).map(({ path }) => path).filter((path) => path.startsWith('tls.acme'))
  const files = ['tls.cert', 'tls.key']
  for (const left of [acme, files]) {
    // A certificate needs somebody to show it to.
    const content = inForce((path) => !left.includes(path)).replace(/^listen = .*$/m, 'listen = ["/ip4/0.0.0.0/tcp/443/tls/ws"]')
    expect(read(content)).toMatchObject({ tls: { kind: left === acme ? 'files' : 'acme' }, hub: true, allow: [expect.stringMatching(/^12D3/)] })
  }
})

it('shows the defaults as they are', () => {
  const { limits } = DEFAULTS
  const shown = read(inForce((path) => path === 'listen' || path === 'drain-seconds' || path === 'max-history-bytes' || path === 'keep-history' || (path.startsWith('limits.') && !path.startsWith('limits.circuit-'))))
  expect(shown).toMatchObject({ listen: [...DEFAULT_LISTEN], drainSeconds: DEFAULTS.drainSeconds, history: { maxBytes: DEFAULTS.historyBytes }, limits })
  expect(text).toContain(`#acme-directory = "${DEFAULTS.acmeDirectory}"`)
  expect(text).toContain(`#acme-port = ${String(DEFAULTS.acmePort)}\n`)
})
