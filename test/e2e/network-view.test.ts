import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { root } from '../../resources/tools/paths.mjs'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { makeProfile } from './support/profile.ts'
import { postItem, see } from './support/reader.ts'
import { startRelay } from './support/relay.ts'
import { WindowUser } from './support/window-user.ts'

let folder: string
const ends: (() => Promise<void>)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-network-')) })
afterEach(async () => {
  await Promise.all(ends.splice(0).map(async (end) => end()))
  rmSync(folder, { recursive: true, force: true })
})

/** Somebody on a topic, who finds nobody by themselves in the local network. */
async function open (name: string): Promise<LaunchedApp & { readonly user: WindowUser }> {
  const profile = await makeProfile(join(folder, name), { name, topics: ['garden'], settings: { mdns: false } })
  const launched = await launchApp({ userDataDir: profile.folder })
  ends.push(launched.close)
  return { ...launched, user: new WindowUser(launched.page) }
}

it('a person behind a relay is shown as reached through it, in the picture\'s words, in the table and by the keyboard', async () => {
  const relay = await startRelay()
  ends.push(relay.close)
  const relayId = relay.address.split('/').at(-1) ?? ''
  const short = `${relayId.slice(0, 4)}…${relayId.slice(-4)}`
  const [{ page, user: ada }, { user: bo }] = await Promise.all([open('Ada'), open('Bo')])
  expect(await ada.addRelay({ address: relay.address })).toBe('')
  expect(await bo.addRelay({ address: relay.address })).toBe('')
  await bo.post({ topic: 'garden', text: 'Hello from behind the relay' })
  await see(postItem(page, 'Hello from behind the relay')).toBeVisible()

  await page.keyboard.press('Control+Shift+N')
  const row = page.getByRole('row').filter({ hasText: 'Bo' })
  await see(row).toContainText(`Through relay ${short}`)
  await see(row).toContainText('garden')
  await see(page.getByRole('row').filter({ hasText: 'Hub' })).toContainText(short)
  await see(page.getByRole('img', { name: /1 direct, 1 through a relay/ })).toBeVisible()

  const received = row.getByRole('gridcell').nth(5)
  const before = await received.innerText()
  await bo.post({ topic: 'garden', text: 'x'.repeat(12_000) })
  await see(received.or(page.getByRole('row').filter({ hasText: 'Hub' }).getByRole('gridcell').nth(5)).first()).not.toHaveText(before)

  await row.getByRole('gridcell').first().focus()
  await page.keyboard.press('Enter')
  const about = page.getByRole('complementary', { name: 'About Bo' })
  await see(about).toContainText(`Through relay ${short}, by TCP`)
  await see(about.getByRole('list', { name: 'Parts of the address' }).first()).toContainText('through it')
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)).toEqual([])
  mkdirSync(join(root, 'artifacts'), { recursive: true })
  await page.screenshot({ path: join(root, 'artifacts/network-view.png') })
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await see(page.getByRole('textbox', { name: 'Post to garden' })).toBeVisible()
})
