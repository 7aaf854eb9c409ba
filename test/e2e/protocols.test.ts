import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isPng } from '../../main/desktop/files/png.ts'
import { root } from '../../resources/tools/paths.mjs'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { makeProfile } from './support/profile.ts'
import { chooseFile, see } from './support/reader.ts'

/** Milliseconds that the diamond takes at most: about 20 s where nothing else runs, most of it waits. */
const DONE = { timeout: 90_000 }

let folder: string
const ends: (() => Promise<void>)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-protocols-')) })
afterEach(async () => {
  await Promise.all(ends.splice(0).map(async (end) => end()))
  rmSync(folder, { recursive: true, force: true })
})

async function open (): Promise<LaunchedApp> {
  const profile = await makeProfile(join(folder, 'Ada'), { name: 'Ada', topics: ['garden'] })
  const launched = await launchApp({ userDataDir: profile.folder })
  ends.push(launched.close)
  await see(launched.page.getByRole('textbox', { name: 'Post to garden' })).toBeVisible(DONE)
  return launched
}

/** Finds the comparison and starts it, by keyboard alone. */
async function start ({ page }: LaunchedApp): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.keyboard.type('try both')
  await page.keyboard.press('Enter')
  await see(page.getByRole('button', { name: 'Start' })).toBeFocused(DONE)
  await page.keyboard.press('Enter')
  await see(page.getByRole('button', { name: 'Stop' })).toBeFocused(DONE)
}

it('the diamond runs inside the real app, peer 4 gets each post twice under Floodsub, and the saved CSV says so too', async () => {
  const launched = await open()
  const { page } = launched
  await start(launched)
  await see(page.getByText(/^Floodsub: /u)).toBeVisible(DONE)
  await see(page.getByText(/^Under Floodsub peer 4 gets 2 copies of each post, under Gossipsub [\d.]+\.$/u)).toBeVisible(DONE)
  const copies = page.getByRole('table', { name: 'Copies of each post' })
  await see(copies.getByRole('row').filter({ hasText: 'Floodsub' }).getByRole('cell').last()).toHaveText('2 copies')
  const duplicates = await page.getByRole('table', { name: 'What each protocol needed' }).getByRole('row').filter({ hasText: 'Duplicates' }).getByRole('cell').allInnerTexts()
  expect(duplicates[0]).toBe('0.50')
  await see(page.getByRole('img', { name: /The table has the same figures/u })).toHaveCount(4)
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)).toEqual([])
  mkdirSync(join(root, 'artifacts'), { recursive: true })
  await page.screenshot({ path: join(root, 'artifacts/protocols-diamond.png') })

  const [csv, png] = [join(folder, 'figures.csv'), join(folder, 'plots.png')]
  await chooseFile(launched, csv)
  await page.getByRole('button', { name: 'Save as CSV…' }).click()
  await see(page.getByText(`Saved as ${csv}.`)).toBeVisible()
  const [head = [], ...lines] = readFileSync(csv, 'utf8').trim().split('\r\n').map((line) => line.split(','))
  const figures = new Map(lines.map((line) => [line[head.indexOf('protocol')], Object.fromEntries(head.map((name, at) => [name, line[at]]))]))
  expect([...figures.keys()]).toEqual(['floodsub', 'gossipsub'])
  expect(figures.get('floodsub')).toMatchObject({ network: 'diamond', nodes: '4', posts: '20', delivered: '1', copies_per_post_at_node_1: '0', copies_per_post_at_node_4: '2', duplicates_per_post_and_node: '0.5' })
  expect([...figures.values()].map((row) => Number(row['duplicates_per_post_and_node']).toFixed(2))).toEqual(duplicates)

  await chooseFile(launched, png)
  await page.getByRole('button', { name: 'Save as PNG…' }).click()
  await see(page.getByText(`Saved as ${png}.`)).toBeVisible()
  expect(isPng(readFileSync(png))).toBe(true)
})

it('a simulation ends when its window is hidden, and when the app quits half way', async () => {
  const launched = await open()
  const { app, page } = launched
  await start(launched)
  await see(page.getByText(/^Floodsub: /u)).toBeVisible(DONE)
  await app.evaluate(({ BrowserWindow }) => { for (const window of BrowserWindow.getAllWindows()) window.hide() })
  await app.evaluate(({ BrowserWindow }) => { for (const window of BrowserWindow.getAllWindows()) window.show() })
  await see(page.getByText('Stopped: Four peers in a diamond, 20 posts of 200 bytes by peer 1.')).toBeVisible(DONE)
  await page.getByRole('button', { name: 'Start' }).click()
  await see(page.getByText(/^Floodsub: /u)).toBeVisible(DONE)
  // It fails if a process outlives it, or if it takes long.
  await Promise.all(ends.splice(0).map(async (end) => end()))
})
