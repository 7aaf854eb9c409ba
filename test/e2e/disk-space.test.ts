import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Locator, Page } from '@playwright/test'
import { launchApp } from './support/app.ts'
import { createAuthor, makeProfile } from './support/profile.ts'
import { postItem, see } from './support/reader.ts'
import { WindowUser } from './support/window-user.ts'

const GARDEN = '/natter/1/garden'

let folder: string
const ends: (() => Promise<void> | void)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-space-')) })
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

async function spaceRow (page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Settings', exact: true }).click()
  await page.getByRole('tab', { name: 'This computer' }).click()
  return page.getByRole('list', { name: 'Disk space of topics' }).getByRole('listitem')
}

it('a topic that takes more than its limit gives up strangers\' large posts, and nothing that is yours or a friend\'s', async () => {
  const [flooder, friend] = await Promise.all(['Flooder', 'Friend'].map(createAuthor))
  if (flooder === undefined || friend === undefined) throw new Error('two are needed')
  const profile = await makeProfile(join(folder, 'ada'), { name: 'Ada', topics: ['garden'] })
  const begin = Date.now() - 3_600_000
  await profile.edit(async (store) => {
    for (let at = 0; at < 1_400; at += 100) {
      const posts = await Promise.all(Array.from({ length: 100 }, async (_, n) => flooder.write(GARDEN, `flood ${String(at + n)} ${'spam '.repeat(2_900)}`, begin + at + n)))
      await store.append(posts.map((post) => ({ ...post, stranger: true })))
    }
    await store.append(await Promise.all(Array.from({ length: 5 }, async (_, n) => friend.write(GARDEN, `friend ${String(n)}`, begin + 10_000 + n))))
  })

  const first = await launchApp({ userDataDir: profile.folder })
  ends.push(first.close)
  const { page } = first
  await new WindowUser(page).post({ topic: 'garden', text: 'Mine' })
  await see(postItem(page, 'Mine')).toContainText('Waiting')
  const row = await spaceRow(page)
  await see(row).toHaveText([/garden.*6\d\.\d MB of 500 MB/])
  await page.getByRole('button', { name: 'Change the limit of garden' }).click()
  await page.getByRole('radio', { name: '50 MB', exact: true }).check()
  await see(page.getByRole('dialog')).toContainText('Posts are deleted from this computer now')
  await page.getByRole('button', { name: 'Limit to 50 MB' }).click()
  await see(page.getByRole('dialog')).toHaveCount(0)
  await see(row).toHaveText([/garden.*4\d\.\d MB of 50 MB/])
  await page.keyboard.press('Escape')
  await see(postItem(page, 'Mine')).toHaveCount(1)
  await see(postItem(page, 'friend ')).toHaveCount(5)
  ends.pop()
  await first.close()

  await profile.edit(async (store) => {
    const posts = await store.read(GARDEN, undefined, 10_000)
    const texts = posts.map(({ post }) => post.text)
    expect(texts.filter((text) => text.startsWith('friend'))).toHaveLength(5)
    expect(texts).toContain('Mine')
    expect(store.topic(GARDEN)).toMatchObject({ maxBytes: 50_000_000, gone: 1_406 - posts.length })
    expect(store.topic(GARDEN).bytes).toBeLessThan(50_000_000)
  })
  const again = await launchApp({ userDataDir: profile.folder })
  ends.push(again.close)
  await again.page.getByRole('list', { name: 'Posts', exact: true }).waitFor()
  await see(await spaceRow(again.page)).toHaveText([/garden.*4\d\.\d MB of 50 MB/])
})
