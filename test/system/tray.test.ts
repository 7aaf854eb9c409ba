import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Api, Settings } from '../../preload/contract/index.ts'
import { launchApp, type LaunchedApp } from '../e2e/support/app.ts'
import { startRelay } from '../e2e/support/relay.ts'
import { WindowUser } from '../e2e/support/window-user.ts'
import { startSession, type DesktopSession } from './support/desktop-session.ts'
import { startFriend } from './support/friend.ts'
import { logNotifications, type NotificationLog } from './support/notification-log.ts'
import { findTrayItem, trayOwners } from './support/tray-item.ts'
import { windowsOf } from './support/windows.ts'

/** Milliseconds in which something that crosses network and bus shows. */
const SHOWN = { timeout: 20_000, interval: 50 }

const ends: { close: () => Promise<void> }[] = []
let session: DesktopSession
let log: NotificationLog
let ada: LaunchedApp
let user: WindowUser
/** Ada's app itself. */
let program: ChildProcess

const change = async (settings: Partial<Settings>): Promise<unknown> => ada.page.evaluate(async (value) => (window as unknown as { api: Api }).api.changeSettings(value), settings)
const hasTray = async (): Promise<boolean> => ada.page.evaluate(async () => {
  const snapshot = await (window as unknown as { api: Api }).api.getSnapshot({})
  return snapshot.ok && snapshot.value.desktop.tray
})
/** Closes the window as its frame's button does. */
const closeWindow = async (): Promise<unknown> => session.run('wmctrl', '-c', 'Natter')

async function open (): Promise<void> {
  ada = await launchApp({ env: session.env, userDataDir: join(session.folder, 'data') })
  program = ada.app.process()
  ends.push(ada)
  user = new WindowUser(ada.page)
}

async function begin (parts?: Parameters<typeof startSession>[0]): Promise<void> {
  session = await startSession(parts)
  ends.push(session)
  log = await logNotifications(session)
  await open()
  await user.introduce({ name: 'Ada' })
  await user.start({ topic: 'music' })
}

/** Waits until the app is gone, as somebody does who quit it. */
async function untilGone (): Promise<void> {
  await vi.waitFor(() => { expect(program.exitCode).toBe(0) }, SHOWN)
}

beforeEach(() => { ends.length = 0 })
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end.close()
})

it('stands in the tray with state, unread topics and a menu that works', async () => {
  await begin()
  const item = await findTrayItem(session)
  const labels = async (): Promise<string[]> => (await item.menu()).map(({ label, enabled }) => enabled ? label : `(${label})`)
  await vi.waitFor(async () => { expect(await labels()).toEqual(['(Only people on your local network can reach you)', 'Open Natter', 'Show notifications', 'Settings', 'Quit Natter']) }, SHOWN)
  expect(await item.tooltip()).toBe('Natter: Only people on your local network can reach you')
  expect(await item.iconWidth()).toBe(48)
  expect(await hasTray()).toBe(true)

  const relay = await startRelay()
  ends.unshift(relay)
  await user.addRelay({ address: relay.address })
  await vi.waitFor(async () => { expect((await item.menu())[0]?.label).toBe('Others can reach you') }, SHOWN)

  const bo = await startFriend('Bo', await user.invite())
  ends.push(bo)
  await user.subscribe({ topic: 'garden' })
  await bo.post('One')
  await bo.post('Two')
  await vi.waitFor(async () => { expect((await item.menu())[1]?.label).toBe('music (2)') }, SHOWN)
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual(['(2) Natter']) }, SHOWN)
  await item.pick('music (2)')
  await ada.page.getByRole('textbox', { name: 'Post to music', exact: true }).waitFor()
  await vi.waitFor(async () => { expect((await item.menu())[1]?.label).toBe('Open Natter') }, SHOWN)
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual(['Natter']) }, SHOWN)

  await item.pick('Show notifications')
  await vi.waitFor(async () => {
    const snapshot = await ada.page.evaluate(async () => (window as unknown as { api: Api }).api.getSnapshot({}))
    expect(snapshot.ok && snapshot.value.settings.notifications).toBe(false)
  }, SHOWN)
  await item.pick('Settings')
  await ada.page.getByRole('tab', { name: 'Network' }).waitFor()
  await item.pick('Quit Natter')
  await untilGone()
  await vi.waitFor(async () => { expect(await trayOwners(session)).toEqual([]) }, SHOWN)
})

it('comes into a tray that is there only later', async () => {
  await begin({ tray: false })
  expect(await hasTray()).toBe(false)
  await session.startPanel()
  await findTrayItem(session)
  await vi.waitFor(async () => { expect(await hasTray()).toBe(true) }, SHOWN)
})

it('goes on when its window is closed where the person chose so, says it once, and loses nothing', async () => {
  await begin()
  const item = await findTrayItem(session)
  await change({ stayReachable: true })
  await ada.page.getByRole('textbox', { name: 'Post to music', exact: true }).fill('Half a thought')

  await closeWindow()
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual([]) }, SHOWN)
  await vi.waitFor(() => { expect(log.shown().map(({ title }) => title)).toEqual(['Natter keeps running']) }, SHOWN)
  expect(log.shown()[0]?.body).toBe('Others can still reach you. Its icon in the tray brings the window back, and so does starting it again.')
  await session.run('dunstctl', 'close-all')

  await item.pick('Open Natter')
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual(['Natter']) }, SHOWN)
  expect(await ada.page.getByRole('textbox', { name: 'Post to music', exact: true }).inputValue()).toBe('Half a thought')

  await closeWindow()
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual([]) }, SHOWN)
  // The icon itself, with the mouse.
  await session.run('xdotool', 'mousemove', '12', '16', 'click', '1')
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual(['Natter']) }, SHOWN)
  expect(log.asked()).toBe(1)

  await change({ stayReachable: false })
  await closeWindow()
  await untilGone()
})

it('says in the window that it goes on, where nobody shows notifications', async () => {
  await begin({ notifications: false, tray: false })
  await change({ stayReachable: true })
  await closeWindow()
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual([]) }, SHOWN)
  const again = await launchAgain()
  expect(again).toBe(0)
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual(['Natter']) }, SHOWN)
  await ada.page.getByText('Starting it again brings the window back.').waitFor()
})

/** A second start, as a person makes it; its exit code. */
async function launchAgain (): Promise<number | null> {
  const child = session.start(program.spawnfile, program.spawnargs.slice(1).filter((word) => !word.startsWith('--inspect') && !word.startsWith('--remote-debugging')))
  await vi.waitFor(() => { expect(child.exitCode).not.toBeNull() }, SHOWN)
  return child.exitCode
}
