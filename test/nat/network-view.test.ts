import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WORDS } from '../../main/node/paths/words.ts'
import type { AgentProcess } from './support/agent-process.ts'
import { Scene } from './support/scene.ts'
import { keepPicture, meet, openWindow, reads, say } from './support/windows.ts'

// What two people see of the way between them, before and after it becomes direct.

let scene: Scene
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

/** A window of somebody who lets nobody make a direct connection yet. */
async function openHidden (host: 'a' | 'b'): Promise<AgentProcess> {
  const userDataDir = join(scene.folder, `profile-${host}`)
  mkdirSync(userDataDir)
  writeFileSync(join(userDataDir, 'settings.json'), JSON.stringify({ version: 1, directConnections: false }))
  return openWindow(scene, host, { userDataDir })
}

/** What a window says of the network. */
interface Shown { readonly picture: string, readonly lines: Readonly<Record<string, number>>, readonly rows: readonly string[] }

/** Milliseconds in which what passes between two networks shows. */
const SHOWN = { timeout: 45_000, interval: 300 }

it('a person behind a relay is shown so in the picture, the table and on their card, and as direct once the two meet', async () => {
  const relay = await scene.relay('relay', ['--no-hub'])
  const [ada, bo] = await Promise.all([openHidden('a'), openHidden('b')])
  await meet(ada, bo, relay)
  await say(bo, 'Hello through the relay')
  await reads(ada, ['Hello through the relay'])
  const short = `${relay.peerId.slice(0, 4)}…${relay.peerId.slice(-4)}`

  const rowOfBo = ({ rows }: Shown): string => rows.find((row) => row.startsWith('Bo ')) ?? rows.join(' | ')
  await vi.waitFor(async () => {
    const shown = await ada.call<Shown>('network')
    expect(shown.picture).toContain('1 direct, 1 through a relay')
    expect(rowOfBo(shown)).toContain(`Through relay ${short}`)
    expect(shown.lines).toEqual({ direct: 1, circuit: 1 })
  }, SHOWN)
  await keepPicture(ada, 'network-relayed')
  await ada.call('hideNetwork')
  const before = await ada.call<string>('card', { name: 'Bo' })
  expect(before).toContain(`through relay ${short}`)
  expect(before).toContain(WORDS.off)

  await Promise.all([ada, bo].map(async (window) => window.call('directConnections', { on: true })))
  await vi.waitFor(async () => {
    const shown = await ada.call<Shown>('network')
    expect(shown.picture).toContain('Connected to 2 peers: 2 direct.')
    expect(rowOfBo(shown)).toMatch(/^Bo Person Direct TCP/)
    expect(shown.lines).toEqual({ direct: 2 })
  }, SHOWN)
  await keepPicture(ada, 'network-direct')
  await ada.call('hideNetwork')
  expect(await ada.call<string>('card', { name: 'Bo' })).toContain('without anybody between')
  await say(bo, 'Hello without it')
  await reads(ada, ['Hello without it'])
  await Promise.all([ada.call('close'), bo.call('close')])
}, 300_000)
