import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '../../../main/desktop/logs/entries.ts'
import { createLog } from '../../../main/desktop/logs/log.ts'
import { logConsole, logPushes } from '../../../main/desktop/logs/sources.ts'
import type { Pushes } from '../../../main/desktop/push.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-logs-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

const read = (): string => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).join('')

/** What must be in no log: each is looked for as it is. */
const PEER = '12D3KooWQYzDgKcFgKzMZnCqPzGtVh1s8n5uLrQxYb3e9TtFx7Qk'
const SECRETS = ['hunter2 passphrase', 'Ada Lovelace', 'natter://join#CAESIB', '/natter/1/my-topic', 'What I wrote', '/home/ada/', PEER, '203.0.113.7']
const SECRET = SECRETS.join(' | ')

/** An error of which everything that a program can set holds secrets. */
function tainted (): Error {
  const error = new RangeError(`${SECRET}\n    at ${SECRETS[0] ?? ''} (/home/ada/x.js:1:2)\n    at hunter (hunter2 passphrase.js:1:1)`, { cause: new TypeError(SECRET, { cause: SECRET }) })
  return Object.assign(error, { code: SECRET, name: SECRET, extra: SECRET })
}

/** Every kind of entry, full of secrets wherever its type takes a text. */
const TAINTED: { readonly [K in Entry['kind']]: readonly (Entry & { readonly kind: K })[] } = {
  'start': [{ kind: 'start', version: '1.2.3', runtime: 'Electron 1', mode: ['profile'] }],
  'step': [{ kind: 'step', step: 'the window opens', ms: 12 }],
  'phase': [{ kind: 'phase', phase: { kind: 'failed', message: SECRET } }],
  'reachability': [{ kind: 'reachability', reachability: { state: 'relayed', through: [{ relay: PEER, address: SECRET }], address: SECRET, evidence: [{ at: 1, text: SECRET }] } }],
  'update': [{ kind: 'update', update: { kind: 'failed', message: SECRET, checkedAt: 1 } }, { kind: 'update', update: { kind: 'available', version: SECRET, notes: SECRET } }],
  'problem': [
    { kind: 'problem', words: [SECRET, SECRET, tainted()] },
    { kind: 'problem', words: ['natter: a call failed:', tainted(), SECRET, { SECRET }, tainted().stack] },
    { kind: 'problem', words: [`natter: nobody answers at ${PEER}`] },
    { kind: 'problem', words: [tainted()] },
    { kind: 'problem', words: ['natter:', Object.assign(new Error('x'), { message: SECRET, stack: `Error\n    at ${SECRET} (x.js:1:1)\n${SECRET}` })] }
  ],
  'gone': [{ kind: 'gone', part: 'window', reason: SECRET, exitCode: 9 }],
  'left out': [{ kind: 'left out', count: 3 }],
  'end': [{ kind: 'end' }]
}

describe('no secret reaches a log', () => {
  it.each(Object.entries(TAINTED))('through an entry "%s"', async (_kind, entries) => {
    const log = createLog()
    for (const entry of entries) log.write(entry)
    await log.open(folder)
    for (const entry of entries) log.write(entry)
    await log.close()
    const text = read()
    expect(text.split('\n').length).toBeGreaterThan(2 * entries.length)
    for (const secret of SECRETS) expect(text).not.toContain(secret)
    expect(text).not.toContain('hunter')
  })

  it('through a validator\'s error, which quotes what it was given', async () => {
    const log = createLog()
    try {
      v.parse(v.object({ text: v.literal('a') }), { text: SECRET })
    } catch (error) {
      log.write({ kind: 'problem', words: ['natter: a post was odd:', error] })
    }
    await log.open(folder)
    await log.close()
    expect(read()).toMatch(/a post was odd:\n.* ValiError\n/u)
    for (const secret of SECRETS) expect(read()).not.toContain(secret)
  })

  it('through the console or a push', async () => {
    const log = createLog()
    const heard: unknown[][] = []
    const target = { warn: (...words: unknown[]) => { heard.push(words) }, error: (...words: unknown[]) => { heard.push(words) } }
    logConsole(log, target)
    target.error('natter: it failed:', tainted())
    target.warn(SECRET)
    const passed: unknown[] = []
    const pushes = logPushes({ push: (...push: unknown[]) => { passed.push(push) }, flush: () => 0 } as Pushes, log)
    pushes.push('phase:change', { kind: 'failed', message: SECRET })
    pushes.push('reachability:change', { state: 'relayed', through: [{ relay: PEER, address: SECRET }], evidence: [{ at: 1, text: SECRET }] })
    pushes.push('reachability:change', { state: 'relayed', through: [{ relay: PEER, address: SECRET, rtt: 4 }], evidence: [] })
    pushes.push('notice:add', { id: 'x', level: 'info', text: SECRET })
    await log.open(folder)
    await log.close()
    expect(heard).toHaveLength(2)
    expect(passed).toHaveLength(4)
    expect(read()).toMatch(/ it failed:\n.* Error\n/u)
    expect(read().match(/reachability: relayed, through 1 relay\n/gu)).toHaveLength(1)
    expect(read()).toContain(' phase: failed\n')
    for (const secret of SECRETS) expect(read()).not.toContain(secret)
  })
})

describe('a log', () => {
  it('tells an error by name, code and place, its causes too', async () => {
    const log = createLog({ now: () => Date.UTC(2026, 10, 22) })
    function here (): Error { return Object.assign(new RangeError('secret', { cause: new TypeError('secret') }), { code: 'ERR_X' }) }
    log.write({ kind: 'problem', words: ['natter: it failed:', here()] })
    await log.open(folder)
    await log.close()
    expect(read()).toMatch(/^2026-11-22T00:00:00\.000Z it failed:\n2026-11-22T00:00:00\.000Z RangeError ERR_X\n\S+ {3}at here logs\.test\.ts:\d+:\d+\n/u)
    expect(read()).toContain(' because of TypeError\n')
    expect(read()).not.toContain('secret')
  })

  it('is its owner\'s alone, made when it is opened, and bounded in size and number', async () => {
    const place = join(folder, 'logs')
    const log = createLog({ size: '1K' })
    log.write({ kind: 'end' })
    expect(readdirSync(folder)).toEqual([])
    await log.open(place)
    for (let n = 0; n < 500; n++) log.write({ kind: 'step', step: 'the window opens', ms: n })
    await log.close()
    const files = readdirSync(place).sort()
    expect(files).toEqual(['natter.1.log', 'natter.2.log', 'natter.3.log', 'natter.log'])
    for (const file of files) {
      expect(statSync(join(place, file)).size).toBeLessThan(1_200)
      if (process.platform !== 'win32') expect(statSync(join(place, file)).mode & 0o777).toBe(0o600)
    }
    if (process.platform !== 'win32') expect(statSync(place).mode & 0o777).toBe(0o700)
  })

  it('goes on in the file of the run before', async () => {
    for (const ms of [1, 2]) {
      const log = createLog()
      log.write({ kind: 'step', step: 'the window opens', ms })
      await log.open(folder)
      await log.close()
    }
    expect(read()).toMatch(/after 1 ms\n.*after 2 ms\n$/u)
  })

  it('takes 60 problems a minute, and says how many it left out', async () => {
    let now = 60_000
    const log = createLog({ elapsed: () => now })
    for (let n = 0; n < 1_000; n++) log.write({ kind: 'problem', words: ['natter: again'] })
    now += 60_000
    log.write({ kind: 'problem', words: ['natter: later'] })
    await log.open(folder)
    await log.close()
    expect(read().match(/again/gu)).toHaveLength(60)
    expect(read()).toMatch(/940 more problems in this minute were left out\n.* later\n$/u)
  })

  it('that cannot be written disturbs nobody', async () => {
    writeFileSync(join(folder, 'file'), '')
    const log = createLog()
    await log.open(join(folder, 'file', 'below'))
    log.write({ kind: 'end' })
    await log.close()
    expect(readdirSync(folder)).toEqual(['file'])
  })
})
