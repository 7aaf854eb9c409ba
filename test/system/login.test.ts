import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { Desktop } from '../../preload/contract/index.ts'
import { startRelay } from '../e2e/support/relay.ts'
import { startPackaged, type PackagedApp } from '../package/support/packaged-app.ts'
import { pack, PROGRAM } from '../package/support/packages.ts'
import { begin } from '../package/support/person.ts'
import { NOBODY, startSession, type DesktopSession } from './support/desktop-session.ts'
import { startFriend } from './support/friend.ts'
import { logNotifications } from './support/notification-log.ts'
import { findTrayItem } from './support/tray-item.ts'
import { activeWindow, windowsOf } from './support/windows.ts'

/** Milliseconds in which something that crosses network and bus shows. */
const SHOWN = { timeout: 30_000, interval: 100 }
const isRoot = process.getuid?.() === 0

const ends: { close: () => Promise<void> }[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end.close()
})

/** Packs the app into a folder whose name a careless entry would break on; the program. */
function packInto (session: DesktopSession): string {
  const output = join(session.folder, 'Apps & "$more"')
  mkdirSync(output)
  pack(['dir', '--output', output])
  const folder = join(output, readdirSync(output).find((name) => name.endsWith('-unpacked')) ?? '')
  // As packages install it; used where the kernel refuses namespaces to ordinary users.
  if (isRoot) chmodSync(join(folder, 'chrome-sandbox'), 0o4755)
  return join(folder, PROGRAM)
}

async function startAsUser (session: DesktopSession, program: string): Promise<PackagedApp> {
  const user = isRoot ? ['setpriv', `--reuid=${String(NOBODY)}`, `--regid=${String(NOBODY)}`, '--clear-groups', '--'] : []
  const app = await startPackaged({ command: [...user, program], env: session.env })
  ends.push(app)
  return app
}

it('starts hidden at login where the person chose so: reachable, with notifications, and its window a click away', async () => {
  const session = await startSession({ asNobody: isRoot })
  ends.push(session)
  const log = await logNotifications(session)
  const relay = await startRelay()
  ends.unshift(relay)
  const program = packInto(session)
  const app = await startAsUser(session, program)
  const atLogin = async (): Promise<Desktop['startAtLogin']> => app.page.evaluate('api.getSnapshot({}).then((snapshot) => snapshot.value.desktop.startAtLogin)')
  await begin(app.page, { name: 'Ada', topic: 'music' })
  await app.page.evaluate(`api.addRelay({ address: ${JSON.stringify(relay.address)} })`)
  const item = await findTrayItem(session)
  await vi.waitFor(async () => { expect((await item.menu())[0]?.label).toMatch(/Others can reach you/) }, SHOWN)
  const invite = await app.page.evaluate<string>('api.createInvite({ topic: "/natter/1/music" }).then((answer) => answer.value.link)')

  const entry = join(session.env['XDG_CONFIG_HOME'] ?? '', 'autostart/chat.natter.NatterTest.desktop')
  expect(await atLogin()).toBe('off')
  await app.page.evaluate('api.setStartAtLogin({ on: true })')
  expect(await atLogin()).toBe('on')
  await app.page.evaluate('api.setStartAtLogin({ on: false })')
  expect({ atLogin: await atLogin(), exists: existsSync(entry) }).toEqual({ atLogin: 'off', exists: false })
  await app.page.evaluate('api.setStartAtLogin({ on: true })')
  expect(readFileSync(entry, 'utf8')).toContain(' --hidden\n')
  expect(await session.run('desktop-file-validate', entry)).toBe('')
  await app.close()
  ends.splice(ends.indexOf(app), 1)

  // As the session does at login; GLib reads the entry.
  session.start('gio', ['launch', entry])
  const hidden = await findTrayItem(session)
  await vi.waitFor(async () => { expect((await hidden.menu())[0]?.label).toMatch(/Others can reach you/) }, SHOWN)
  expect(await windowsOf(session)).toEqual([])

  const bo = await startFriend('Bo', invite)
  ends.push(bo)
  // What is posted before they have met comes by history, which is silent.
  await bo.post('Hello')
  await vi.waitFor(async () => { expect((await hidden.menu())[1]?.label).toBe('music (1)') }, SHOWN)
  await bo.post('Good morning, @Ada')
  await vi.waitFor(() => { expect(log.shown().map(({ title, body }) => `${title} | ${body}`)).toEqual(['music | Bo: Good morning, @Ada']) }, SHOWN)
  expect(log.shown()[0]?.appName).toBe('Natter test')
  expect(await windowsOf(session)).toEqual([])
  await session.run('dunstctl', 'action')
  await vi.waitFor(async () => { expect(await activeWindow(session)).toMatch(/Natter test$/) }, SHOWN)

  await hidden.pick('Quit Natter')
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual([]) }, SHOWN)
})
