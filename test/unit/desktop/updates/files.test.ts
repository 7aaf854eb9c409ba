import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBuildConfig } from '../../../../main/desktop/updates/build-config.ts'
import { checkFile } from '../../../../main/desktop/updates/check-file.ts'
import { installAsRoot, PKEXEC } from '../../../../main/desktop/updates/install-as-root.ts'
import { installUpdate } from '../../../../main/desktop/updates/install.ts'
import { findPackageKind, OFF_FILE, whoUpdates, type Surroundings } from '../../../../main/desktop/updates/installation.ts'
import { createRollout } from '../../../../main/desktop/updates/rollout.ts'
import { root } from '../../../../resources/tools/paths.mjs'
import { hashOf, KNOWN, metadata } from './feed.ts'

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'natter-updates-')) })
afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

const content = Buffer.from('a package')
const file = { url: 'natter.deb', sha512: hashOf(content), size: content.length }
const changed = expect.objectContaining({ code: 'ERR_FILE_CHANGED' }) as object

describe('what a build says', () => {
  it('is read from its package.json; a build that says nothing has no updates', async () => {
    const field = { updateFeed: 'https://example.org/', updateKeys: [KNOWN.public] }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'natter', natter: field }))
    expect(await readBuildConfig(folder)).toEqual({ updates: true, relayLists: [], ...field })
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'natter' }))
    expect(await readBuildConfig(folder)).toEqual({ updates: true, updateFeed: '', updateKeys: [], relayLists: [] })
  })

  it.each(['{', '{"natter":{"updateKeys":[{"id":"a","key":"short"}]}}', '{"natter":{"updates":"no"}}'])('cannot be read from %s', async (text) => {
    await writeFile(join(folder, 'package.json'), text)
    expect(await readBuildConfig(folder)).toBeUndefined()
  })

  it('is what the checkout packs, and can be read', async () => {
    const natter: unknown = JSON.parse(await readFile(join(root, 'resources/update.json'), 'utf8'))
    await writeFile(join(folder, 'package.json'), JSON.stringify({ natter }))
    expect(await readBuildConfig(folder)).toMatchObject(natter as object)
  })
})

describe('the downloaded file', () => {
  it('is the signed one, byte for byte, and no link to it', async () => {
    const path = join(folder, 'file')
    await writeFile(path, content)
    await checkFile(path, file)
    await symlink(path, join(folder, 'link'))
    await expect(checkFile(join(folder, 'link'), file)).rejects.toThrow(changed)
    await writeFile(path, 'A package')
    await expect(checkFile(path, file)).rejects.toThrow(changed)
    await writeFile(path, Buffer.concat([content, content]))
    await expect(checkFile(path, file)).rejects.toThrow(changed)
    await expect(checkFile(join(folder, 'nothing'), file)).rejects.toThrow(changed)
  })

  it.runIf(existsSync('/bin/sh'))('is looked at once more by who installs it, before any package manager hears of it', async () => {
    const path = join(folder, '$(touch x) \'; name')
    await writeFile(path, content)
    await expect(installAsRoot(path, { kind: 'deb', sha512: hashOf(Buffer.from('another')), uid: 0 }))
      .rejects.toMatchObject({ code: 'ERR_INSTALL', message: expect.stringMatching(/changed by another program/u) as string })
  })
})

describe('an AppImage', () => {
  const script = (version: string): Buffer => Buffer.from(`#!/bin/sh\necho ${version} > "$(dirname "$0")/started"\n`)
  const packageUpdater = { handOver: (): boolean => { throw new Error('not its business') } }

  async function replace (next: Buffer, signed = next, restart = true): Promise<{ readonly target: string, readonly done: Promise<void>, readonly released: () => boolean }> {
    const target = join(folder, 'apps/Natter-0.1.0.AppImage')
    await mkdir(join(folder, 'apps'))
    await writeFile(target, script('0.1.0'))
    await chmod(target, 0o755)
    const path = join(folder, 'download')
    await writeFile(path, next)
    let released = false
    const done = installUpdate(path, { url: 'Natter.AppImage', sha512: hashOf(signed), size: signed.length }, restart, {
      kind: 'appimage', packageUpdater, surroundings: { env: { APPIMAGE: target }, uid: 1000 }, relaunch: () => {}, releaseLock: () => { released = true }
    })
    return { target, done, released: () => released }
  }

  it('takes the place and the name of the old one, can be run, and is run', async () => {
    const { target, done, released } = await replace(script('0.2.0'))
    await done
    expect(await readFile(target, 'utf8')).toContain('0.2.0')
    expect((await stat(target)).mode & 0o111).toBe(0o111)
    expect(released()).toBe(true)
    const started = join(folder, 'apps/started')
    await expect.poll(async () => readFile(started, 'utf8').catch(() => '')).toBe('0.2.0\n')
    expect((await readdir(join(folder, 'apps'))).sort()).toEqual(['Natter-0.1.0.AppImage', 'started'])
  })

  it('stays the old one where the new one is not what was signed, and that one runs again', async () => {
    const { target, done } = await replace(script('6.6.6'), script('0.2.0'))
    await expect(done).rejects.toThrow(changed)
    expect(await readFile(target, 'utf8')).toContain('0.1.0')
    await expect.poll(async () => readFile(join(folder, 'apps/started'), 'utf8').catch(() => '')).toBe('0.1.0\n')
  })

  it('is replaced and not started where the app just ends', async () => {
    const { target, done, released } = await replace(script('0.2.0'), undefined, false)
    await done
    expect(await readFile(target, 'utf8')).toContain('0.2.0')
    expect(released()).toBe(false)
  })
})

describe('where this copy came from', () => {
  const around = (more: Partial<Surroundings> = {}): Surroundings => ({
    platform: 'linux', execPath: join(folder, 'app/natter'), resourcesPath: folder, env: {}, isPackaged: true, fromStore: false, uid: 0, ...more
  })

  it('says who updates it', async () => {
    expect(await whoUpdates(around())).toBeUndefined()
    expect(await whoUpdates(around({ isPackaged: false }))).toMatch(/checkout/u)
    expect(await whoUpdates(around({ fromStore: true }))).toMatch(/store/u)
    expect(await whoUpdates(around({ env: { FLATPAK_ID: 'chat.natter.Natter' } }))).toMatch(/Flatpak/u)
    expect(await whoUpdates(around({ env: { SNAP: join(folder, 'app') } }))).toMatch(/Snap/u)
    expect(await whoUpdates(around({ env: { SNAP: '/snap/code/1' } }))).toBeUndefined()
    await writeFile(join(folder, OFF_FILE), 'Debian updates Natter:\u0007 apt upgrade.\nmore\n')
    expect(await whoUpdates(around())).toBe('Debian updates Natter: apt upgrade.')
    await writeFile(join(folder, OFF_FILE), '')
    expect(await whoUpdates(around())).toBe('Your distribution updates Natter.')
  })

  it('is an AppImage where the program runs from inside one, and not where a terminal does', async () => {
    const env = { APPIMAGE: '/home/me/Natter.AppImage', APPDIR: join(folder, 'app') }
    expect(await findPackageKind(around({ env }))).toBe('appimage')
    expect(await findPackageKind(around({ env: { ...env, APPDIR: '/tmp/.mount_Term' } }))).toBe('manual')
  })

  it.runIf(existsSync('/usr/bin/dpkg-query'))('is a deb where dpkg knows the program, and something that can ask for a password is there', async () => {
    expect(await findPackageKind(around({ execPath: '/usr/bin/dpkg' }))).toBe('deb')
    expect(await findPackageKind(around())).toBe('manual')
    expect(await findPackageKind(around({ execPath: '/usr/bin/dpkg', uid: 1000 }))).toBe(existsSync(PKEXEC) ? 'deb' : 'manual')
  })

  it('on Windows is the installer\'s where its uninstaller lies beside', async () => {
    const execPath = join(folder, 'Natter.exe')
    expect(await findPackageKind(around({ platform: 'win32', execPath }))).toBe('manual')
    await writeFile(join(folder, 'Uninstall Natter.exe'), '')
    expect(await findPackageKind(around({ platform: 'win32', execPath }))).toBe('nsis')
    expect(await findPackageKind(around({ platform: 'win32', execPath, env: { PORTABLE_EXECUTABLE_FILE: 'x' } }))).toBe('manual')
  })
})

describe('letting a version out step by step', () => {
  it('takes in about as many as it says, and who is in stays in', async () => {
    const counts = { first: 0, second: 0, both: 0 }
    await Promise.all(Array.from({ length: 400 }, async (_, at) => {
      const rollout = createRollout(join(folder, `number-${at}`))
      const [ten, thirty, other] = [await rollout.includes('0.2.0', 10), await rollout.includes('0.2.0', 30), await rollout.includes('0.3.0', 30)]
      expect(ten && !thirty).toBe(false)
      counts.first += Number(thirty)
      counts.second += Number(other)
      counts.both += Number(thirty && other)
    }))
    // Binomial with n = 400, p = 0.3: 120 with a deviation of 9.2; six of them on each side.
    for (const count of [counts.first, counts.second]) expect(Math.abs(count - 120)).toBeLessThan(55)
    expect(counts.both).toBeLessThan(counts.first)
  })

  it('is the same after a restart, and asks for no number where all get it', async () => {
    const path = join(folder, 'number')
    expect(await createRollout(path).includes('0.2.0', 100)).toBe(true)
    expect(existsSync(path)).toBe(false)
    expect(await createRollout(path).includes('0.2.0', 0)).toBe(false)
    const answers = async (): Promise<boolean[]> => {
      const rollout = createRollout(path)
      return Promise.all(Array.from({ length: 50 }, async (_, at) => rollout.includes(`0.2.${at}`, 50)))
    }
    expect(await answers()).toEqual(await answers())
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })
})

describe('signing', () => {
  const run = (task: string, ...args: readonly string[]): { readonly status: number, readonly text: string } => {
    try {
      return { status: 0, text: execFileSync(process.execPath, [join(root, 'resources/tools', task), ...args], { encoding: 'utf8', stdio: 'pipe', env: { PATH: process.env['PATH'] } }) }
    } catch (error) {
      const { status, stderr } = error as { readonly status: number, readonly stderr: string }
      return { status, text: stderr }
    }
  }

  it('makes a key that nobody else can read, and signs a folder whose files are what it says', async () => {
    const keyFile = join(folder, 'key')
    const made = run('update-key.mjs', '2026-c', keyFile)
    expect(made.status).toBe(0)
    const publicKey = JSON.parse(made.text) as { id: string, key: string }
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    expect(run('update-key.mjs', '2026-c', keyFile).status).toBe(2)
    expect(run('update-key.mjs', '2026-c', join(root, 'key')).text).toMatch(/outside/u)

    const feed = join(folder, 'feed')
    await mkdir(feed)
    await writeFile(join(feed, 'latest-linux.yml'), metadata('0.2.0', content))
    expect(run('sign-feed.mjs', '--key-file', keyFile, feed)).toMatchObject({ status: 2, text: expect.stringMatching(/missing/u) as string })
    await writeFile(join(feed, 'natter_0.2.0_amd64.deb'), content)
    expect(run('sign-feed.mjs', feed)).toMatchObject({ status: 2, text: expect.stringMatching(/no key/u) as string })
    expect(run('sign-feed.mjs', '--key-file', keyFile, '--staging', '20', feed).status).toBe(0)
    expect(await readFile(join(feed, 'latest-linux.yml'), 'utf8')).toMatch(/\nstagingPercentage: 20\n# natter-signature 2026-c .{88}\n$/u)

    const { verifyFeed } = await import('../../../../main/desktop/updates/signature.ts')
    verifyFeed(await readFile(join(feed, 'latest-linux.yml')), 'latest-linux.yml', [publicKey])
    expect(run('sign-feed.mjs', '--key-file', keyFile, '--staging', '100', feed).status).toBe(0)
    expect(Buffer.from(verifyFeed(await readFile(join(feed, 'latest-linux.yml')), 'latest-linux.yml', [publicKey])).toString()).toBe(metadata('0.2.0', content).toString())
  })
})
