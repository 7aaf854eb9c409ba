import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { checkoutLine } from './support/checkout.ts'
import { startSession, type DesktopSession } from './support/desktop-session.ts'
import { logNotifications } from './support/notification-log.ts'
import { readPage } from './support/seen-page.ts'
import { findTrayItem } from './support/tray-item.ts'
import { activeWindow, windowsOf } from './support/windows.ts'

/** Milliseconds in which a window comes up. */
const SHOWN = { timeout: 30_000, interval: 100 }
const PASSPHRASE = 'correct horse battery'

let session: DesktopSession
afterEach(async () => { await session.close() })

it('says what it waits for where it was started without a window and cannot go on alone', async () => {
  session = await startSession()
  const log = await logNotifications(session)
  const data = join(session.folder, 'data')
  const [program, ...args] = await checkoutLine(data, '--hidden')
  const says = async (body: string): Promise<void> => {
    await vi.waitFor(() => { expect(log.shown().map((one) => `${one.title} | ${one.body}`)).toEqual([`Natter | ${body}`]) }, SHOWN)
  }

  const first = session.start(program, args)
  await says('Natter is not set up yet. Open it to begin.')
  expect(await windowsOf(session)).toEqual([])
  await session.run('dunstctl', 'action')
  await vi.waitFor(async () => { expect(await activeWindow(session)).toBe('Natter') }, SHOWN)
  await vi.waitFor(async () => { expect(await readPage(data, `api.chooseProtection({ kind: 'passphrase', passphrase: '${PASSPHRASE}' }).then(({ ok }) => ok)`)).toBe(true) }, SHOWN)
  await (await findTrayItem(session)).pick('Quit Natter')
  await vi.waitFor(() => { expect(first.exitCode).toBe(0) }, SHOWN)

  session.start(program, args)
  await says('Natter waits for your passphrase. Nobody can reach you before.')
  const item = await findTrayItem(session)
  expect((await item.menu())[0]?.label).toBe('Waiting for your passphrase')
  expect(await windowsOf(session)).toEqual([])
  await item.pick('Open Natter')
  await vi.waitFor(async () => { expect(await activeWindow(session)).toBe('Natter') }, SHOWN)
})
