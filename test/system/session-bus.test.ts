import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { askBus, type BusQuestion } from '../../main/desktop/session-bus.ts'
import { findTrayHost } from '../../main/desktop/tray/host.ts'
import { startSession, type DesktopSession } from './support/desktop-session.ts'

const CAPABILITIES: BusQuestion = { name: 'org.freedesktop.Notifications', path: '/org/freedesktop/Notifications', asks: { method: 'GetCapabilities' } }

let session: DesktopSession
/** Holds gdbus and nothing else. */
const folder = mkdtempSync(join(tmpdir(), 'natter-path-'))

beforeAll(async () => {
  session = await startSession()
  symlinkSync('/usr/bin/gdbus', join(folder, 'gdbus'))
})
afterEach(() => { vi.unstubAllEnvs() })
afterAll(async () => {
  await session.close()
  rmSync(folder, { recursive: true })
})

it.each([['busctl', '/usr/bin'], ['gdbus', folder]])('asks by %s', async (_, path) => {
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', session.env['DBUS_SESSION_BUS_ADDRESS'])
  vi.stubEnv('PATH', path)
  expect(await askBus(CAPABILITIES)).toEqual({ kind: 'answered', text: expect.stringMatching(/\bbody-markup\b/) as string })
  expect(await findTrayHost()).toBe('there')
  expect(await askBus({ ...CAPABILITIES, name: 'example.nobody' })).toEqual({ kind: 'silent' })
})

it.each([['busctl', '/usr/bin'], ['gdbus', folder]])('hears nothing by %s where there is no bus', async (_, path) => {
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', `unix:path=${join(folder, 'no-bus')}`)
  vi.stubEnv('PATH', path)
  expect(await askBus(CAPABILITIES)).toEqual({ kind: 'silent' })
  expect(await findTrayHost()).toBe('missing')
})

it('says that nothing can be asked where neither program is there', async () => {
  vi.stubEnv('PATH', join(folder, 'nothing'))
  expect(await findTrayHost()).toBe('unknown')
})
