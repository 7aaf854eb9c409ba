import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readConfig, type ToldConfig } from '../../../main/relay/config/read-config.ts'
import { reload, rulesOf } from '../../../main/relay/reload.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-reload-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
const file = join(folder, 'relay.toml')

function read (): ToldConfig {
  return readConfig(['--config', file], {})
}

function reloaded (before: ToldConfig): { readonly after: ToldConfig, readonly events: readonly unknown[], readonly hints: readonly string[] } {
  const events: unknown[] = []
  const hints: string[] = []
  const after = reload(before, read, { say: (event) => { events.push(event) }, hint: (message) => { hints.push(message) }, warn: () => {} })
  return { after, events, hints }
}

it('what can change while the relay runs does; what cannot is named, each time until the restart', () => {
  writeFileSync(file, 'hub = true\n[limits]\nreservations = 5\n')
  const before = read()
  writeFileSync(file, 'hub = false\nallow = []\nmetrics = "127.0.0.1:1"\n[limits]\nreservations = 6\ncircuit-bytes = 9\n')
  const first = reloaded(before)
  expect(first.events).toEqual([{ event: 'reloaded', changed: ['limits.reservations', 'limits.circuit-bytes', 'allow'], needRestart: ['hub', 'metrics'] }])
  expect(first.hints).toEqual(['Changed: limits.reservations, limits.circuit-bytes, allow. hub, metrics: what is new needs a restart.'])
  expect(first.after.config).toMatchObject({ hub: true, metrics: undefined, allow: [], limits: { reservations: 6, circuitBytes: 9 } })
  const second = reloaded(first.after)
  expect(second.events).toEqual([{ event: 'reloaded', changed: [], needRestart: ['hub', 'metrics'] }])
  // A line that is taken out gives the default back.
  writeFileSync(file, 'hub = true\n')
  const third = reloaded(second.after)
  expect(third.events).toEqual([{ event: 'reloaded', changed: ['limits.reservations', 'limits.circuit-bytes', 'allow'], needRestart: [] }])
  expect(third.after.config).toEqual(read().config)
  expect(reloaded(third.after).hints).toEqual(['Nothing in the configuration has changed.'])
})

it('a file that is wrong or gone changes nothing, and all that is wrong is said', () => {
  writeFileSync(file, '[limits]\nreservations = 5\n')
  const before = read()
  writeFileSync(file, 'hub = 3\n[limits]\nreservations = 0\n')
  const wrong = reloaded(before)
  expect(wrong.after).toBe(before)
  expect(wrong.events).toEqual([])
  expect(wrong.hints.map((hint) => hint.replace(`${file}, `, '').split(':')[0])).toEqual(['line 1', 'line 3', 'The configuration is wrong, so nothing was changed.'])
  rmSync(file)
  expect(reloaded(before).after).toBe(before)
})

it('every limit reaches the node', () => {
  writeFileSync(file, '[limits]\nreservations = 1\nreservations-per-address = 2\nconnections-per-address = 3\ncircuits-per-peer = 4\ncircuits-per-address = 5\ncircuit-bytes = 6\ncircuit-seconds = 7\n[ban]\naddresses = ["192.0.2.1"]\n')
  expect(rulesOf(read().config)).toEqual({
    maxReservations: 1,
    limits: { reservationsPerAddress: 2, circuitsPerPeer: 4, circuitsPerAddress: 5 },
    connectionsPerAddress: 3,
    circuitBytes: 6,
    circuitSeconds: 7,
    access: { allow: undefined, ban: { peers: [], addresses: ['192.0.2.1'] } }
  })
})
