import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { launchApp, type LaunchedApp } from './support/app.ts'
import { createAuthor, makeProfile } from './support/profile.ts'
import { chooseFile, menu, postItem, privacy, see, SOON, topicItem } from './support/reader.ts'
import { WindowUser } from './support/window-user.ts'

const GARDEN = '/natter/1/garden'
const MINUTE = 60_000
const DAY = 86_400_000

let folder: string
const ends: (() => Promise<void>)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-reading-')) })
afterEach(async () => {
  await Promise.all(ends.splice(0).map(async (end) => end()))
  rmSync(folder, { recursive: true, force: true })
})

async function launch (userDataDir: string): Promise<LaunchedApp & { readonly end: () => Promise<void> }> {
  const launched = await launchApp({ userDataDir })
  let closing: Promise<void> | undefined
  const end = async (): Promise<void> => { closing ??= launched.close(); await closing }
  ends.push(end)
  launched.page.setDefaultTimeout(SOON.timeout)
  return { ...launched, end }
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)

it('opens at what is new, keeps counts and marks over restarts, and finds posts from the keyboard', async () => {
  const bo = await createAuthor('Bo')
  const begin = Date.now() - 2 * DAY
  const profile = await makeProfile(join(folder, 'ada'), { name: 'Ada', topics: ['first', 'garden', '旅行'] })
  const write = async (n: number): ReturnType<typeof bo.write> => bo.write(GARDEN, `post number ${String(n)}`, begin + n * MINUTE)
  await profile.edit(async (store) => {
    await store.append(await Promise.all(range(0, 100).map(write)))
    await store.markRead(GARDEN)
    await store.append(await Promise.all(range(100, 300).map(write)))
    await store.append([await bo.write('/natter/1/旅行', '明天我们去北京看长城', begin), await bo.write('/natter/1/旅行', '后天回来', begin + MINUTE)])
  })

  const first = await launch(profile.folder)
  await see(topicItem(first.page, 'garden')).toHaveAccessibleName('garden 200 unread')
  await first.end()

  const second = await launch(profile.folder)
  const { page } = second
  await see(topicItem(page, 'garden')).toHaveAccessibleName('garden 200 unread')
  await topicItem(page, 'garden').click()
  await see(page.getByText('New', { exact: true })).toBeInViewport()
  await see(page.getByText('post number 100', { exact: true })).toBeInViewport()
  await see(page.getByText('post number 99', { exact: true })).toBeInViewport()
  await page.getByRole('button', { name: '200 new posts' }).click()
  await see(page.getByText('post number 299', { exact: true })).toBeInViewport()
  await see(topicItem(page, 'garden')).toHaveAccessibleName('garden')

  await page.keyboard.press('Control+f')
  await page.keyboard.type('number 150')
  await see(page.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await see(page.getByText('post number 150', { exact: true })).toBeInViewport()
  await see(postItem(page, 'post number 150')).toBeFocused()
  await page.keyboard.press('Control+Shift+f')
  await page.keyboard.type('北京')
  await see(page.getByRole('option')).toHaveCount(1)
  await see(page.locator('mark')).toHaveText('北京')
  await page.keyboard.press('Enter')
  await see(page.getByRole('heading', { level: 1 })).toContainText('旅行')
  await see(postItem(page, '明天我们去北京看长城')).toBeInViewport()
  await see(topicItem(page, '旅行')).toHaveAccessibleName('旅行')
  await second.end()

  const third = await launch(profile.folder)
  await topicItem(third.page, 'garden').click()
  await see(third.page.getByText('post number 299', { exact: true })).toBeInViewport()
  await see(third.page.getByText('New', { exact: true })).toHaveCount(0)
})

it('exports a topic and imports it elsewhere; what was edited by hand is refused', async () => {
  const bo = await createAuthor('Bo')
  const now = Date.now()
  const profile = await makeProfile(join(folder, 'ada'), { name: 'Ada', topics: ['garden'] })
  await profile.edit(async (store) => {
    await store.append([await bo.write(GARDEN, 'Five days old', now - 5 * DAY), await bo.write(GARDEN, 'Sow the <b>beans</b>, see https://user.example.org/beans?x=1', now - MINUTE)])
  })
  const ada = await launch(profile.folder)
  await new WindowUser(ada.page).post({ topic: 'garden', text: 'Sown by Ada' })
  await see(postItem(ada.page, 'Sown by Ada')).toContainText('Waiting for somebody to be there')
  const file = join(folder, 'garden.jsonl')
  for (const [name, path] of [['JSON Lines', file], ['A web page', join(folder, 'garden.html')]] as const) {
    await chooseFile(ada, path)
    await menu(ada.page, 'Export topic…')
    await ada.page.getByRole('radio', { name }).check()
    await ada.page.getByRole('button', { name: 'Save as…' }).click()
    await see(ada.page.getByRole('dialog').getByRole('status').filter({ hasText: 'Saved' })).toHaveText(`Saved 3 posts to ${path}`)
    await ada.page.keyboard.press('Escape')
  }
  expect(readFileSync(join(folder, 'garden.html'), 'utf8')).toContain('Sow the &lt;b&gt;beans&lt;/b&gt;')
  await ada.end()

  const cy = await launch((await makeProfile(join(folder, 'cy'), { name: 'Cy', topics: [] })).folder)
  const { page } = cy
  const read = async (path: string): Promise<void> => {
    await chooseFile(cy, path)
    await page.getByRole('button', { name: 'Import posts…' }).click()
  }
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const changed = lines.map((line, i) => {
    const post = JSON.parse(line) as { text: string, payload: string }
    const bytes = Buffer.from(post.payload, 'base64')
    // The first says something else beside its signed bytes; the second within them; the third is cut off.
    if (i === 1) bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1
    return i === 2 ? line.slice(0, -20) : JSON.stringify({ ...post, text: 'Forged', payload: bytes.toString('base64') })
  })
  writeFileSync(join(folder, 'edited.jsonl'), [head, ...changed, 'and this'].join('\n'))
  await privacy(page)
  await read(join(folder, 'edited.jsonl'))
  await see(page.getByText('Added 1 post. 3 were refused: they are not as their authors signed them')).toBeVisible()
  await read(file)
  await see(page.getByText('Added 2 posts. 1 was here already.')).toBeVisible()
  writeFileSync(join(folder, 'letter.txt'), 'Dear Cy,\n')
  await read(join(folder, 'letter.txt'))
  await see(page.getByRole('alert')).toContainText('This file is no export that Natter can read')
  await page.keyboard.press('Escape')

  await topicItem(page, 'garden').click()
  await see(postItem(page, 'Five days old')).toBeVisible()
  await see(postItem(page, 'Sown by Ada')).toHaveText(/^\s*Ada\s*Sown by Ada\s*\d+:\d\d(\s[AP]M)?\s*$/)
  await see(page.getByText('Forged')).toHaveCount(0)

  await cy.app.evaluate(({ shell }) => {
    shell.openExternal = async (url) => { Object.assign(globalThis, { opened: url }); return Promise.resolve() }
  })
  await page.getByRole('link').click()
  await see(page.getByRole('dialog', { name: 'Open this address?' })).toContainText('https://user.example.org/beans?x=1')
  await page.keyboard.press('Enter')
  await see(page.getByRole('dialog')).toHaveCount(0)
  expect(await cy.app.evaluate(() => (globalThis as unknown as { readonly opened: string }).opened)).toBe('https://user.example.org/beans?x=1')

  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitemradio', { name: 'Nothing (mute)' }).click()
  await see(topicItem(page, 'garden')).toHaveAccessibleName('garden muted')
  await menu(page, /Keep posts/)
  await page.getByRole('radio', { name: 'A day' }).check()
  await page.getByRole('button', { name: /^Keep for/ }).click()
  await see(page.getByRole('dialog')).toHaveCount(0)
  await see(postItem(page, 'Five days old')).toHaveCount(0)
  await see(postItem(page, 'Sown by Ada')).toBeVisible()

  const again = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Join or create… Ctrl N' }).click()
    await page.getByRole('textbox', { name: 'Topic name, invite or relay' }).fill('garden')
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Post to garden' }).waitFor()
  }
  await menu(page, 'Leave topic')
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await see(topicItem(page, 'garden')).toHaveCount(0)
  await again()
  await see(postItem(page, 'Sown by Ada')).toBeVisible()
  await see(topicItem(page, 'garden')).toHaveAccessibleName('garden muted')
  await menu(page, 'Leave topic')
  await page.getByRole('checkbox', { name: 'Delete its posts from this computer' }).check()
  await page.getByRole('button', { name: 'Leave and delete' }).click()
  await see(topicItem(page, 'garden')).toHaveCount(0)
  await again()
  await see(page.getByText('Nobody has posted here yet')).toBeVisible()
})

it('catches up with somebody who comes, says how far posts got, and blocks the author of a post who is not there', async () => {
  const zoe = await createAuthor('Zoe')
  const [adas, bos] = await Promise.all(['Ada', 'Bo'].map(async (name) => makeProfile(join(folder, name), { name, topics: ['garden'] })))
  if (adas === undefined || bos === undefined) return
  const now = Date.now()
  await bos.edit(async (store) => { await store.append(await Promise.all(range(0, 3).map(async (n) => zoe.write(GARDEN, `Zoe said ${String(n)}`, now - DAY + n * MINUTE)))) })
  const { page } = await launch(adas.folder)
  const ada = new WindowUser(page)
  await ada.post({ topic: 'garden', text: 'Nobody is here yet' })
  await see(postItem(page, 'Nobody is here yet')).toContainText('Waiting for somebody to be there')
  const { page: there } = await launch(bos.folder)
  await see(postItem(there, 'Nobody is here yet')).toBeVisible()
  await see(postItem(page, 'Nobody is here yet')).toContainText('Held by 1 person')
  await see(postItem(page, 'Zoe said 2')).toBeVisible()
  await ada.post({ topic: 'garden', text: 'Somebody is' })
  await see(postItem(page, 'Somebody is')).toContainText(/Sent to 1 person|Held by 1 person/)

  await page.getByRole('list', { name: 'Posts', exact: true }).focus()
  await page.keyboard.press('Tab')
  await see(postItem(page, 'Zoe said 0').getByRole('button', { name: 'Zoe' })).toBeFocused()
  await page.keyboard.press('Enter')
  await see(page.getByRole('dialog', { name: 'Zoe' })).toContainText('is not seen on this topic at the moment')
  await page.getByRole('dialog', { name: 'Zoe' }).getByRole('button', { name: 'Block…' }).press('Enter')
  await page.getByRole('dialog', { name: 'Block Zoe?' }).getByRole('button', { name: 'Block', exact: true }).press('Enter')
  await see(page.getByText('Zoe said')).toHaveCount(0)
  await see(postItem(page, 'Somebody is')).toBeVisible()
  await privacy(page)
  await page.getByRole('button', { name: 'Unblock Zoe' }).click()
  await see(page.getByText('Zoe is no longer blocked.')).toBeVisible()
  await page.keyboard.press('Escape')
  for (const n of range(0, 3)) await see(postItem(page, `Zoe said ${String(n)}`)).toBeVisible()
})
