import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadKey } from '../../../main/relay/key-file.ts'
import { openSettings } from '../../../main/settings/settings.ts'
import { createLocalStore } from '../../support/store.ts'

// Why a data folder cannot be used, as the desktop's start and the relay's say it.

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-disk-words-')) })
afterEach(() => {
  spawnSync('umount', ['-l', join(folder, 'home')])
  rmSync(folder, { recursive: true, force: true })
})

async function reasonOf (work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'it went well'
}

const isRoot = process.getuid?.() === 0
const canMount = process.platform === 'linux' && isRoot && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

// Only root can give a folder a disk of its own.
it.skipIf(!canMount)('a read-only home is called read-only, however deep in it the folder would be', async () => {
  const home = join(folder, 'home')
  mkdirSync(home)
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', home]).status).toBe(0)
  for (const data of [join(home, 'natter'), join(home, '.config', 'natter', 'profiles', 'ada')]) {
    expect(await reasonOf(async () => openSettings(data))).toMatch(/cannot write to .*: the disk is read-only\. /u)
    expect(await reasonOf(async () => loadKey(data))).toMatch(/cannot be used: the disk is read-only\. /u)
  }
})

it('a folder whose path has a name that is too long is told so', async () => {
  const data = join(folder, 'n'.repeat(300))
  expect(await reasonOf(async () => openSettings(data))).toMatch(/: its path is too long\. /u)
  expect(await reasonOf(async () => loadKey(data))).toMatch(/: its path is too long\. /u)
})

it.skipIf(process.platform === 'win32')('a path that is too long for the database alone is told so, and one that just fits opens', async () => {
  /** A path of so many bytes, in folders that exist. */
  const pathOf = (bytes: number): string => {
    let place = folder
    while (place.length + 202 < bytes - 20) place = join(place, 'd'.repeat(200))
    place = join(place, 'e'.repeat(bytes - place.length - '/'.length - '/posts.db'.length))
    mkdirSync(place, { recursive: true })
    return join(place, 'posts.db')
  }
  const store = createLocalStore({ path: pathOf(490) })
  await store.close()
  for (const bytes of [513, 540, 900]) {
    expect(await reasonOf(() => createLocalStore({ path: pathOf(bytes) }))).toMatch(/path of its folder is too long: \d+ bytes/u)
  }
  // Each length in between either opens or gives the right reason.
  for (let bytes = 495; bytes < 513; bytes++) {
    const reason = await reasonOf(async () => createLocalStore({ path: pathOf(bytes) }).close())
    expect(reason, String(bytes)).toMatch(/^it went well$|too long/u)
  }
})
