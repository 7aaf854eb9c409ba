import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { Api } from '../../preload/contract/index.ts'
import { launchApp, type LaunchedApp } from '../e2e/support/app.ts'
import { WindowUser } from '../e2e/support/window-user.ts'
import { checkoutLine } from './support/checkout.ts'
import { startSession, type DesktopSession } from './support/desktop-session.ts'
import { startFriend } from './support/friend.ts'
import { readPage } from './support/seen-page.ts'
import { activeWindow, windowsOf } from './support/windows.ts'

/** Milliseconds in which a window comes up. */
const SHOWN = { timeout: 30_000, interval: 100 }

const ends: { close: () => Promise<void> }[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end.close()
})

/** Tells the desktop who opens our links, as a package's desktop entry does. */
async function installEntry (session: DesktopSession, userDataDir: string): Promise<Awaited<ReturnType<typeof checkoutLine>>> {
  const line = await checkoutLine(userDataDir, '--')
  const folder = join(session.env['XDG_DATA_HOME'] ?? '', 'applications')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'natter.desktop'), ['[Desktop Entry]', 'Type=Application', 'Name=Natter', `Exec=${line.join(' ')} %u`, 'MimeType=x-scheme-handler/natter;', ''].join('\n'))
  await session.run('xdg-mime', 'default', 'natter.desktop', 'x-scheme-handler/natter')
  return line
}

/** As somebody does who clicks a link in another program. It ends with the app where it starts one. */
function openLink (session: DesktopSession, link: string): void {
  session.start('xdg-open', [link])
}

async function begin (): Promise<{ readonly session: DesktopSession, readonly userDataDir: string, readonly ada: LaunchedApp, readonly link: string, readonly line: Awaited<ReturnType<typeof checkoutLine>> }> {
  const session = await startSession()
  ends.push(session)
  const userDataDir = join(session.folder, 'data')
  const line = await installEntry(session, userDataDir)
  const ada = await launchApp({ env: { ...session.env, NATTER_ALLOW_PRIVATE: '1' }, userDataDir })
  ends.push(ada)
  const user = new WindowUser(ada.page)
  await user.introduce({ name: 'Ada' })
  await user.start({ topic: 'music' })
  const bo = await startFriend('Bo', await user.invite())
  ends.push(bo)
  return { session, userDataDir, ada, line, link: await bo.invite('/natter/1/chess') }
}

it('shows an invite that another program opens: in the window that is open, in one that is hidden, and in an app that starts for it', async () => {
  const { session, userDataDir, ada, link } = await begin()
  const invite = ada.page.getByRole('group', { name: 'What the invite says' })

  openLink(session, link)
  await invite.waitFor()
  expect(await invite.innerText()).toMatch(/chess/)
  await ada.page.keyboard.press('Escape')
  await invite.waitFor({ state: 'detached' })

  await ada.page.evaluate(async () => (window as unknown as { api: Api }).api.changeSettings({ stayReachable: true }))
  await session.run('wmctrl', '-c', 'Natter')
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual([]) }, SHOWN)
  openLink(session, link)
  await invite.waitFor()
  await vi.waitFor(async () => { expect(await activeWindow(session)).toBe('Natter') }, SHOWN)

  await ada.close()
  ends.splice(ends.indexOf(ada), 1)
  rmSync(join(userDataDir, 'DevToolsActivePort'), { force: true })
  openLink(session, link)
  await vi.waitFor(async () => { expect(await activeWindow(session)).toBe('Natter') }, SHOWN)
  await vi.waitFor(async () => { expect(await readPage<string>(userDataDir, 'document.querySelector(\'[role=group][aria-label="What the invite says"]\')?.innerText ?? ""')).toContain('chess') }, SHOWN)
  // Shown, and not acted on.
  expect(await readPage<string[]>(userDataDir, 'api.getSnapshot({}).then((snapshot) => snapshot.value.topics.filter(({ subscribed }) => subscribed).map(({ title }) => title))')).toEqual(['music'])

  // The menu's key ends it, as in any other program.
  await session.run('xdotool', 'key', 'ctrl+q')
  await vi.waitFor(async () => { expect(await windowsOf(session)).toEqual([]) }, SHOWN)
})

it('brings the window to the front when it is started a second time', async () => {
  const { session, line: [program, ...args] } = await begin()
  session.start('xfce4-panel', ['--preferences'])
  await vi.waitFor(async () => { expect(await activeWindow(session)).toBe('Panel Preferences') }, SHOWN)
  expect(await windowsOf(session)).toContain('Natter')
  const again = session.start(program, args)
  await vi.waitFor(async () => { expect(await activeWindow(session)).toBe('Natter') }, SHOWN)
  await vi.waitFor(() => { expect(again.exitCode).toBe(0) }, SHOWN)
})
