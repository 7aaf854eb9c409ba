import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { launchApp, type LaunchedApp } from '../e2e/support/app.ts'
import { startSession, type DesktopSession } from './support/desktop-session.ts'

let session: DesktopSession
afterEach(async () => { await session.close() })

interface Seen { readonly bounds: { readonly x: number, readonly y: number, readonly width: number, readonly height: number }, readonly maximized: boolean }

/** Where the window manager has put the window: at rest, so that its frame is counted. */
async function place ({ app }: LaunchedApp): Promise<Seen> {
  const look = async (): Promise<Seen> => app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    if (window === undefined) throw new Error('there is no window')
    return { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
  })
  let last = ''
  await expect.poll(async () => {
    const before = last
    last = JSON.stringify(await look())
    return last === before
  }, { interval: 300 }).toBe(true)
  return look()
}

it('the window comes back where it was, as large as it was, and maximized where it was', async () => {
  session = await startSession({ notifications: false, tray: false })
  const open = async (): Promise<LaunchedApp> => launchApp({ env: session.env, userDataDir: join(session.folder, 'data') })

  const first = await open()
  await first.app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.setBounds({ x: 90, y: 70, width: 820, height: 560 }) })
  const left = await place(first)
  expect(left).toMatchObject({ bounds: { width: 820, height: 560 }, maximized: false })
  await first.close()

  // A frame that is counted once too often moves the window a little at each start.
  const second = await open()
  expect(await place(second)).toEqual(left)
  await second.close()
  const third = await open()
  expect(await place(third)).toEqual(left)
  await session.run('wmctrl', '-r', 'Natter', '-b', 'add,maximized_vert,maximized_horz')
  await expect.poll(async () => (await place(third)).maximized).toBe(true)
  await third.close()

  const fourth = await open()
  await expect.poll(async () => (await place(fourth)).maximized).toBe(true)
  await fourth.app.evaluate(({ BrowserWindow }) => { BrowserWindow.getAllWindows()[0]?.unmaximize() })
  await expect.poll(async () => (await place(fourth)).bounds).toMatchObject({ width: 820, height: 560 })
  await fourth.close()
})
