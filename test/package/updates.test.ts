import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cleanNotes } from '../../main/desktop/updates/notes.ts'
import { root } from '../../resources/tools/paths.mjs'
import { signFeed } from '../../resources/tools/sign-feed.mjs'
import { KNOWN, openFeed, STRANGER, type Feed } from '../unit/desktop/updates/feed.ts'
import { startFeedApp, type FeedApp } from './support/feed-app.ts'
import { openFeedSystem, type FeedSystem } from './support/feed-system.ts'
import { pack, packageOf } from './support/packages.ts'

// Two versions of the deb, as they are given away, in a system of their own: the older one is installed by dpkg, and
// updates itself over a feed on loopback, through polkit and pkexec.

const OLD = '0.8.1'
const NEW = '0.8.2'
const NAME = 'latest-linux.yml'
/** What people read of a version; electron-builder puts it into the feed. */
const NOTES = cleanNotes(readFileSync(join(root, 'resources/release-notes.md'), 'utf8'))

let place: string
let feed: Feed
let system: FeedSystem
let app: FeedApp
/** What electron-builder wrote of the new version. */
let plain: Buffer
let deb: Buffer
let debName: string

/** What is to be undone at the end, the last first; also where a step of the beginning failed. */
const undo: (() => Promise<void> | void)[] = []

async function start (path?: string): Promise<FeedApp> {
  const started = await startFeedApp(system, path)
  undo.push(started.kill)
  return started
}

const folderOf = (version: string): string => join(place, version)
const signed = (bytes: Uint8Array = plain, keys = [KNOWN.signing], name = NAME): Buffer => signFeed(bytes, name, keys)

/** A feed that offers the new version as it should be. */
function publish (): void {
  feed.answer = undefined
  feed.files.set(NAME, signed())
  feed.files.set(debName, deb)
}

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'natter-feed-'))
  undo.push(() => { rmSync(place, { recursive: true, force: true }) })
  feed = await openFeed()
  undo.push(feed.close)
  for (const version of [OLD, NEW]) {
    pack(['deb', '--app-version', version, '--output', folderOf(version), '--meta', `natter.updateFeed=${JSON.stringify(feed.url)}`, '--meta', `natter.updateKeys=${JSON.stringify([KNOWN.public])}`])
    rmSync(join(folderOf(version), 'linux-unpacked'), { recursive: true, force: true })
  }
  debName = basename(packageOf('deb', folderOf(NEW)))
  deb = readFileSync(packageOf('deb', folderOf(NEW)))
  plain = readFileSync(join(folderOf(NEW), NAME))
  system = await openFeedSystem(folderOf(OLD))
  undo.push(system.close)
  app = await start()
})
afterAll(async () => {
  for (const step of undo.toReversed()) await step()
})
afterEach(() => { feed.asked.length = 0 })

describe('what cannot be trusted', () => {
  it.each([
    ['an unsigned feed', () => plain, /no signature/],
    ['a feed that was changed', () => Buffer.from(signed().toString().replaceAll(NEW, '0.8.9')), /does not belong/],
    ['a feed of a stranger', () => signed(plain, [STRANGER.signing]), /does not know/],
    ['a feed of a stranger who calls the key like ours', () => signed(plain, [{ ...STRANGER.signing, id: KNOWN.public.id }]), /does not belong/],
    ['the feed of another system', () => signed(plain, [KNOWN.signing], 'latest.yml'), /does not belong/],
    ['a feed without end', () => Buffer.alloc(1_000_000, '#'), /more than a feed has/]
  ])('%s is refused in words, and nothing is downloaded', async (_what, make, words) => {
    publish()
    feed.files.set(NAME, make())
    expect(await app.check()).toMatchObject({ kind: 'failed', message: expect.stringMatching(words) as string })
    expect(feed.asked).toEqual([NAME])
  })

  it('a file that is not the one that was signed is refused', async () => {
    publish()
    const other = Buffer.from(deb)
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
    feed.files.set(debName, other)
    expect(await app.check()).toMatchObject({ kind: 'failed', message: expect.stringMatching(/not the one that was signed/) as string })
    expect(feed.asked).toEqual([NAME, debName])
  })

  it('a file that is longer than was signed, or does not say how long it is, is not even read', async () => {
    publish()
    for (const length of [deb.length + 1, undefined]) {
      let sent = 0
      feed.answer = (request, response) => {
        if (request.url === `/${NAME}`) { response.end(signed()); return }
        response.writeHead(200, length === undefined ? {} : { 'content-length': length })
        const more = (): void => {
          while (!response.destroyed && sent < deb.length && response.write(Buffer.alloc(65_536))) sent += 65_536
        }
        response.on('drain', more)
        more()
      }
      expect(await app.check()).toMatchObject({ kind: 'failed', message: expect.stringMatching(/could not be downloaded whole/) as string })
      // What the system's buffers take before the app has seen the first line.
      expect(sent).toBeLessThan(deb.length / 4)
    }
  })
})

describe('an update', () => {
  it('survives a download that is cut half way: the next check has it all', async () => {
    publish()
    feed.answer = (request, response) => {
      if (request.url === `/${NAME}`) { response.end(signed()); return }
      response.writeHead(200, { 'content-length': deb.length })
      response.write(deb.subarray(0, deb.length / 2), () => { response.destroy() })
    }
    expect(await app.check()).toMatchObject({ kind: 'failed', message: expect.stringMatching(/could not be downloaded whole/) as string })
    publish()
    expect(await app.check()).toEqual({ kind: 'ready', version: NEW, notes: NOTES })
    expect(system.version()).toBe(`${OLD} installed`)
  })

  it('is not installed where another program changed the file while it waited', async () => {
    const cache = join(system.folder, 'home/ada/.cache')
    const [updater = ''] = readdirSync(cache).filter((name) => name.startsWith('natter-updater-'))
    const waiting = join(cache, updater, 'pending', debName)
    expect(readFileSync(waiting).equals(deb)).toBe(true)
    const swapped = Buffer.from(deb)
    swapped[1000] = (swapped[1000] ?? 0) ^ 1
    writeFileSync(waiting, swapped)
    await app.quit()
    expect(app.output()).toContain('ERR_FILE_CHANGED')
    expect(system.version()).toBe(`${OLD} installed`)
  })

  it('is got anew, installed when the app quits, and the app starts as the new version', async () => {
    app = await start()
    publish()
    expect(await app.version()).toBe(OLD)
    expect(await app.check()).toEqual({ kind: 'ready', version: NEW, notes: NOTES })
    await app.quit()
    expect(system.version()).toBe(`${NEW} installed`)
    app = await start()
    expect(await app.version()).toBe(NEW)
  })

  it('is never an older version, though it was signed once', async () => {
    const older = readFileSync(join(folderOf(OLD), NAME))
    feed.files.set(NAME, signed(older))
    expect(await app.check()).toMatchObject({ kind: 'idle', checkedAt: expect.any(Number) as number })
    publish()
    expect(await app.check()).toMatchObject({ kind: 'idle' })
    expect(feed.asked).toEqual([NAME, NAME])
    await app.quit()
    expect(system.version()).toBe(`${NEW} installed`)
  })

  it('starts the app again where the person asked for it now', async () => {
    system.run('dpkg', '--install', system.bring(packageOf('deb', folderOf(OLD))))
    app = await start()
    expect(await app.version()).toBe(OLD)
    expect(await app.check()).toMatchObject({ kind: 'ready' })
    await app.installAndRestart()
    expect(await app.version()).toBe(NEW)
    expect(system.version()).toBe(`${NEW} installed`)
    await app.quit()
  })
})

it('a copy that no package manager knows of tells of the new version, and gets nothing', async () => {
  execFileSync('cp', ['-a', join(system.folder, 'opt/Natter test'), join(system.folder, 'home/ada/natter')])
  feed.files.set(NAME, signed(Buffer.from(plain.toString().replaceAll(NEW, '0.9.0'))))
  app = await start('/home/ada/natter/natter-test')
  expect(await app.check()).toEqual({ kind: 'available', version: '0.9.0', notes: NOTES })
  expect(feed.asked).toEqual([NAME])
  await app.quit()
})
