import type { BrowserContextOptions, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, expect } from 'vitest'
import type { Push } from '../../../preload/contract/index.ts'
import { closeChromium, openInChromium, type ChromiumPage } from '../support/chromium.ts'
import { see, SOON } from '../support/reader.ts'
import { bridges } from './bridges.ts'
import type { Script } from './stand-in-api.ts'

export { see }

const open = new Set<ChromiumPage>()

afterEach(async () => {
  const complaints = [...open].flatMap((window) => window.complaints)
  await Promise.all([...open].map((window) => window.close()))
  open.clear()
  expect(complaints, 'errors and policy violations').toEqual([])
})

afterAll(closeChromium)

/** The built window in a current Chromium, with the stand-in behind it; closed after the test, which must leave no complaint. */
export async function openWindow (script: Script, context: BrowserContextOptions = {}): Promise<Page> {
  const window = await openInChromium({
    bridges, argument: script,
    context: { viewport: { width: 1280, height: 800 }, locale: 'en-GB', colorScheme: 'light', ...context }
  })
  window.page.setDefaultTimeout(SOON.timeout)
  open.add(window)
  return window.page
}

/** Pushes one batch. */
export async function push (page: Page, ...pushes: readonly Push[]): Promise<void> {
  await page.evaluate((all) => { window.standIn.push(...all) }, pushes)
}

/** Arguments of every call of a name so far. */
export async function callsOf (page: Page, name: string): Promise<readonly unknown[]> {
  return page.evaluate((wanted) => window.standIn.calls.filter((call) => call.name === wanted).map((call) => call.argument), name)
}

/** An item of 'Posts' that has this text. */
export function postItem (page: Page, text: string | RegExp): Locator {
  return page.getByRole('list', { name: 'Posts' }).getByRole('listitem').filter({ hasText: text })
}

/** Opens a page of the settings. */
export async function openSettings (page: Page, title: 'Profile' | 'Network' | 'Privacy' | 'This computer' | 'Appearance' | 'About'): Promise<void> {
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await page.getByRole('tab', { name: title }).click()
}
