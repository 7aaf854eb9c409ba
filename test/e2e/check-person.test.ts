import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { makeProfile } from './support/profile.ts'
import { postItem, see } from './support/reader.ts'
import { startRelay } from './support/relay.ts'
import { WindowUser } from './support/window-user.ts'

let folder: string
const ends: (() => Promise<void>)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-check-person-')) })
afterEach(async () => {
  await Promise.all(ends.splice(0).map(async (end) => end()))
  rmSync(folder, { recursive: true, force: true })
})

/** Milliseconds that a check may take on a machine that others load. */
const WHOLE = { timeout: 30_000 }

/** Somebody on a topic, who finds nobody by themselves in the local network. */
async function open (name: string): Promise<LaunchedApp & { readonly user: WindowUser }> {
  const profile = await makeProfile(join(folder, name), { name, topics: ['garden'], settings: { mdns: false } })
  const launched = await launchApp({ userDataDir: profile.folder, env: { NATTER_ALLOW_PRIVATE: '1' } })
  ends.push(launched.close)
  return { ...launched, user: new WindowUser(launched.page) }
}

it('a real window says of somebody that they are there, and of the same person, once they left, that they are not, by the keyboard', async () => {
  const relay = await startRelay()
  ends.push(relay.close)
  const [{ page, user: ada, app }, bo] = await Promise.all([open('Ada'), open('Bo')])
  expect(await ada.addRelay({ address: relay.address })).toBe('')
  expect(await bo.user.addRelay({ address: relay.address })).toBe('')
  await bo.user.post({ topic: 'garden', text: 'the pantry key is under the flowerpot' })
  await see(postItem(page, 'flowerpot')).toBeVisible()

  await page.getByRole('button', { name: 'Reachability' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Why can’t I connect?' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Why can’t I connect?' })
  const again = dialog.getByRole('button', { name: 'Check again' })
  await again.waitFor(WHOLE)
  await dialog.getByLabel('The way to').focus()
  await page.keyboard.type('Bo')
  const items = dialog.getByRole('list', { name: 'What was looked at' }).locator('> li')
  const person = items.filter({ hasText: 'Can this person be reached where they said they are?' })
  await see(person).toContainText('You are connected', WHOLE)
  await see(items.filter({ hasText: 'Do you share a topic and a protocol?' })).toContainText('You share 1 topic', WHOLE)
  await again.waitFor(WHOLE)
  await page.screenshot({ path: 'artifacts/check-person.png' })

  await bo.close()
  await again.focus()
  await page.keyboard.press('Enter')
  await see(dialog.getByRole('option', { selected: true })).toHaveText('Bo, not connected', WHOLE)
  await see(person).toContainText(/They are not where they said they are|Nothing comes back from their addresses/u, WHOLE)
  await again.waitFor(WHOLE)
  await page.screenshot({ path: 'artifacts/check-person-gone.png' })
  await dialog.getByRole('button', { name: 'Copy report' }).click()
  await see(dialog.getByText('Copied').first()).toBeVisible()
  const report = await app.evaluate(({ clipboard }) => clipboard.readText())
  expect(report).toMatch(/They are not where|Nothing comes back/u)
  for (const secret of ['Ada', 'garden', 'pantry', 'flowerpot']) expect(report).not.toContain(secret)
})
