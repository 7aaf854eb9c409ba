import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { afterEach, expect, it } from 'vitest'
import { generateIdentity, peerIdOf } from '../../main/node/identity.ts'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { see } from './support/reader.ts'
import { startRelay, type RunningRelay } from './support/relay.ts'
import { WindowUser } from './support/window-user.ts'

let launched: LaunchedApp | undefined
let relay: RunningRelay | undefined
let silent: Server | undefined
let folder: string | undefined
afterEach(async () => {
  await launched?.close()
  await relay?.close()
  silent?.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  launched = relay = silent = folder = undefined
})

/** Milliseconds that a check may take on a machine that others load. */
const WHOLE = 30_000

it('a real window says that nothing is in the way, then that the relay is down, and copies a report without a name, a post or a topic', async () => {
  relay = await startRelay()
  launched = await launchApp({ env: { NATTER_ALLOW_PRIVATE: '1' } })
  const { page, app } = launched
  const user = new WindowUser(page)
  await user.introduce({ name: 'Zebulon <b>](x)' })
  await user.start({ topic: 'quince-marmalade' })
  await user.post({ topic: 'quince-marmalade', text: 'the pantry key is under the flowerpot' })
  expect(await user.addRelay({ address: relay.address })).toBe('')
  await see(page.getByRole('status', { name: 'Reachability' })).toHaveText(/Others can reach you/u, { timeout: WHOLE })

  // With the keyboard alone, from the status line.
  await page.getByRole('button', { name: 'Reachability' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Why can’t I connect?' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Why can’t I connect?' })
  const items = dialog.getByRole('list', { name: 'What was looked at' }).locator('> li')
  const again = dialog.getByRole('button', { name: 'Check again' })
  await again.waitFor({ timeout: WHOLE })
  await see(items.filter({ hasText: 'Do your relays answer?' })).toContainText('Good')
  await see(items.filter({ hasText: 'Does a relay listen for you?' })).toContainText('1 relay listens for you.')
  await see(items.filter({ hasText: 'Can others connect to you directly?' })).toContainText('Good')
  await see(items.filter({ hasText: 'Is the clock right?' })).toContainText('Good')
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])

  await relay.close()
  await again.focus()
  await page.keyboard.press('Enter')
  await see(items.filter({ hasText: 'Do your relays answer?' })).toContainText('Nobody answers at its address.', { timeout: WHOLE })
  await again.waitFor({ timeout: WHOLE })
  // A machine with loopback alone is in no network: that comes first.
  await see(dialog.getByRole('status').first()).toHaveText(/^(?:Your relay cannot be used from here\. Nobody answers at its address\.|This computer has no network address: .*)$/u)
  await page.screenshot({ path: 'artifacts/check-real-window.png' })

  await dialog.getByRole('button', { name: 'Copy report' }).focus()
  await page.keyboard.press('Enter')
  await see(dialog.getByText('Copied').first()).toBeVisible()
  const report = await app.evaluate(({ clipboard }) => clipboard.readText())
  expect(report).toContain('Nobody answers at its address.')
  expect(report).toMatch(/Own peer id: 12D3KooW\w+/u)
  for (const secret of ['Zebulon', 'quince', 'pantry', 'flowerpot', launched.userDataDir]) expect(report).not.toContain(secret)
})

it('a check in a real window is stopped with the keyboard, and looks at nothing in safe mode', async () => {
  folder = mkdtempSync(join(tmpdir(), 'natter-check-'))
  // It takes connections and never says a word: a check waits for it.
  const server = createServer((socket) => { socket.on('error', () => {}) })
  silent = server
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  launched = await launchApp({ userDataDir: folder, env: { NATTER_ALLOW_PRIVATE: '1' } })
  const user = new WindowUser(launched.page)
  await user.introduce({ name: 'Ada' })
  await user.start({ topic: 'music' })
  expect(await user.addRelay({ address: `/ip4/127.0.0.1/tcp/${String((server.address() as AddressInfo).port)}/p2p/${peerIdOf(await generateIdentity())}` })).toBe('')
  await launched.page.getByRole('button', { name: 'Reachability' }).click()
  await launched.page.getByRole('button', { name: 'Why can’t I connect?' }).click()
  const dialog = launched.page.getByRole('dialog', { name: 'Why can’t I connect?' })
  await see(dialog.getByRole('listitem').filter({ hasText: 'Can this computer listen?' })).toContainText('Good')
  await see(dialog.getByRole('button', { name: 'Stop' })).toBeFocused()
  await launched.page.keyboard.press('Enter')
  await see(dialog.getByRole('status').first()).toHaveText(/^Stopped after \d of 9$/u)
  await see(dialog.getByRole('listitem').filter({ hasText: 'Do your relays answer?' })).toContainText('Not finished')
  await dialog.getByRole('button', { name: 'Copy report' }).click()
  await see(dialog.getByText('Copied').first()).toBeVisible()
  expect(await launched.app.evaluate(({ clipboard }) => clipboard.readText())).toContain('it was not finished')
  await launched.close()

  launched = await launchApp({ userDataDir: folder, args: ['--safe-mode'] })
  await launched.page.getByRole('button', { name: 'Reachability' }).click()
  await launched.page.getByRole('button', { name: 'Why can’t I connect?' }).click()
  const offline = launched.page.getByRole('dialog', { name: 'Why can’t I connect?' })
  await see(offline.getByRole('status').first()).toHaveText('Safe mode: Natter does not use the network.')
  await see(offline.getByText('Start Natter without safe mode.').first()).toBeVisible()
  await launched.page.screenshot({ path: 'artifacts/check-safe-mode.png' })
  const { violations } = await new AxeBuilder({ page: launched.page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
})
