import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { launchApp } from './support/app.ts'
import { createAuthor, makeProfile } from './support/profile.ts'
import { chooseFile, postItem, see } from './support/reader.ts'
import { WindowUser } from './support/window-user.ts'

const GARDEN = '/natter/1/garden'

let folder: string
const ends: (() => Promise<void> | void)[] = []
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-storage-')) })
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

it('sets a damaged database aside, saves what can be read of it, and works on', async () => {
  const bo = await createAuthor('Bo')
  const profile = await makeProfile(join(folder, 'ada'), { name: 'Ada', topics: ['garden'] })
  const begin = Date.now() - 3_600_000
  await profile.edit(async (store) => {
    await store.append(await Promise.all(Array.from({ length: 900 }, async (_, n) => bo.write(GARDEN, `post number ${String(n)} ${'and more '.repeat(20)}`, begin + n * 1_000))))
  })
  const file = join(profile.folder, 'posts.db')
  const { size } = statSync(file)
  const handle = openSync(file, 'r+')
  // A third of it, in the middle: the header still opens.
  writeSync(handle, Buffer.alloc(Math.floor(size / 3), 0xA5), 0, Math.floor(size / 3), Math.floor(size / 3))
  closeSync(handle)

  const launched = await launchApp({ userDataDir: profile.folder })
  ends.push(launched.close)
  const { page } = launched
  const notices = page.getByRole('region', { name: 'Notices' })
  await see(notices).toContainText('The database of your posts was damaged. They are kept as posts-damaged-')
  const saved = join(folder, 'rescued.jsonl')
  await chooseFile(launched, saved)
  await notices.getByRole('button', { name: 'Save what can be read' }).click()
  await see(notices).toContainText(/Saved [\d,]+ posts? to /)
  const count = Number(/Saved ([\d,]+) post/.exec(await notices.innerText())?.[1]?.replaceAll(',', ''))
  expect(count).toBeGreaterThan(0)
  expect(count).toBeLessThan(900)
  expect(readFileSync(saved, 'utf8').trim().split('\n')).toHaveLength(count + 1)
  expect(readdirSync(profile.folder).filter((name) => /^posts-damaged-.*\.db$/.test(name))).toHaveLength(1)
  await new WindowUser(page).post({ topic: 'garden', text: 'It works on' })
  await see(postItem(page, 'It works on')).toContainText('Waiting for somebody to be there')
})

const isRoot = process.getuid?.() === 0
const canMount = process.platform === 'linux' && isRoot && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

// Only root can give a folder a disk of its own.
it.skipIf(!canMount)('keeps the text in the composer while the disk is full, and loses nothing', async () => {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]).status).toBe(0)
  ends.push(() => { spawnSync('umount', ['-l', disk]) })
  const profile = await makeProfile(join(disk, 'ada'), { name: 'Ada', topics: ['garden'] })
  const first = await launchApp({ userDataDir: profile.folder })
  ends.push(first.close)
  const { page } = first
  const user = new WindowUser(page)
  const field = page.getByRole('textbox', { name: 'Post to garden' })
  await user.post({ topic: 'garden', text: 'Before' })
  await see(postItem(page, 'Before')).toContainText('Waiting')

  const ballast = join(disk, 'ballast')
  const fill = (): void => {
    const handle = openSync(ballast, 'a')
    try {
      for (const piece = Buffer.alloc(4_096); ;) writeSync(handle, piece)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    } finally {
      closeSync(handle)
    }
  }
  // What was written ahead and is free again takes a few posts.
  let posted = 0
  const text = (n: number): string => `Number ${String(n)}: ${'long '.repeat(3_000)}`
  for (; posted < 200; posted++) {
    fill()
    await user.post({ topic: 'garden', text: text(posted) })
    await see(postItem(page, `Number ${String(posted)}:`).filter({ hasText: 'Waiting' }).or(page.getByRole('alert'))).toBeVisible()
    if (await page.getByRole('alert').isVisible()) break
  }
  await see(page.getByRole('alert')).toContainText('disk is full')
  await see(field).toHaveValue(text(posted))
  await see(postItem(page, `Number ${String(posted)}:`)).toHaveCount(0)
  rmSync(ballast)
  await field.press('Enter')
  await see(postItem(page, `Number ${String(posted)}:`)).toContainText('Waiting')
  await see(field).toHaveValue('')
  ends.pop()
  await first.close()

  const again = await launchApp({ userDataDir: profile.folder })
  ends.push(again.close)
  await again.page.getByRole('list', { name: 'Posts', exact: true }).waitFor()
  const texts = (await new WindowUser(again.page).posts()).map((item) => /Before|Number \d+(?=:)/.exec(item)?.[0])
  expect(texts).toEqual(['Before', ...Array.from({ length: posted + 1 }, (_, n) => `Number ${String(n)}`)])
  expect(readdirSync(profile.folder).filter((name) => name.startsWith('posts-'))).toEqual([])
})
