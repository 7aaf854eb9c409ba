import type { Locator, Page } from '@playwright/test'
import { expect } from '@playwright/test'
import type { LaunchedApp } from './app.ts'

/** What crosses the network, or a worker, shows within this many milliseconds. */
export const SOON = { timeout: 20_000 }

/** Playwright's expectations of a page; they wait as long as a busy machine may take. */
export const see = expect.configure(SOON)

/** An item of 'Posts' that has this text. */
export function postItem (page: Page, text: string): Locator {
  return page.getByRole('list', { name: 'Posts', exact: true }).getByRole('listitem').filter({ hasText: text })
}

/** A topic's button beside the posts. */
export function topicItem (page: Page, title: string): Locator {
  return page.getByRole('list', { name: 'Topics', exact: true }).getByRole('button', { name: title })
}

/** Opens a topic's menu and picks an item. */
export async function menu (page: Page, item: RegExp | string): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** Opens the settings at Privacy. */
export async function privacy (page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await page.getByRole('tab', { name: 'Privacy' }).click()
}

/** Answers the system's next dialogs for files with this path. */
export async function chooseFile ({ app }: LaunchedApp, path: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => Promise.resolve({ canceled: false, filePath })
    dialog.showOpenDialog = async () => Promise.resolve({ canceled: false, filePaths: [filePath] })
  }, path)
}
