import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { BuildConfig } from '../../../../main/desktop/updates/build-config.ts'
import { UpdateError } from '../../../../main/desktop/updates/errors.ts'
import type { PackageKind } from '../../../../main/desktop/updates/installation.ts'
import type { PackageUpdater } from '../../../../main/desktop/updates/package-updater.ts'
import { createUpdates, type Updates } from '../../../../main/desktop/updates/updates.ts'
import { DEFAULT_SETTINGS } from '../../../../main/settings/schema.ts'
import { createSettings, type SettingsService } from '../../../../main/settings/settings.ts'
import type { Update } from '../../../../preload/contract/index.ts'
import { KNOWN, metadata, openFeed, signed, type Feed } from './feed.ts'

/** What the packages hold. */
export const content = Buffer.from('a package of the new version')

/** Stands for electron-updater, which runs in Electron alone: fetches into a folder, and can be held up. */
class Downloads extends EventEmitter implements PackageUpdater {
  readonly urls: string[] = []
  readonly folder: string
  hold: Promise<void> = Promise.resolve()

  constructor (folder: string) {
    super()
    this.folder = folder
  }

  readonly handOver = (): boolean => true

  readonly download: PackageUpdater['download'] = async ({ file, url, release }, { onProgress, signal }) => {
    this.urls.push(url.href)
    const bytes = Buffer.from(await (await fetch(url, { signal })).arrayBuffer())
    onProgress(bytes.length)
    await Promise.race([this.hold, new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('cut')) }) })])
    if (bytes.length !== file.size) throw new UpdateError('ERR_DOWNLOAD', `Natter ${release.version} could not be downloaded whole.`)
    const path = join(this.folder, file.url)
    await writeFile(path, bytes)
    return path
  }
}

/** How {@link Bench.open} begins. */
export interface BenchOptions { readonly config?: Partial<BuildConfig> | 'unreadable', readonly whoUpdates?: string, readonly kind?: PackageKind, readonly included?: boolean, readonly version?: string }

/** Updates over a real feed and a real folder, without Electron. */
export interface Bench {
  readonly feed: Feed
  readonly folder: string
  readonly settings: SettingsService
  readonly downloads: Downloads
  readonly pushed: Update[]
  readonly replaced: { readonly path: string, readonly restart: boolean, readonly kind: string }[]
  /** Kinds of packages for which electron-updater was loaded. */
  readonly opened: string[]
  readonly quits: () => number
  readonly open: (options?: BenchOptions) => Updates
  /** Puts a version into the feed. */
  readonly offer: (version: string, bytes?: Uint8Array, more?: string) => void
  readonly close: () => Promise<void>
}

export async function openBench (): Promise<Bench> {
  for (const name of ['info', 'warn'] as const) vi.spyOn(console, name).mockReturnValue(undefined)
  const feed = await openFeed()
  const folder = await mkdtemp(join(tmpdir(), 'natter-updates-'))
  const settings = createSettings(DEFAULT_SETTINGS)
  const downloads = new Downloads(folder)
  const pushed: Update[] = []
  const replaced: { readonly path: string, readonly restart: boolean, readonly kind: string }[] = []
  const opened: string[] = []
  let quits = 0
  return {
    feed, folder, settings, downloads, pushed, replaced, opened,
    quits: () => quits,
    open: ({ config = {}, whoUpdates, kind = 'deb', included = true, version = '0.1.0' } = {}) => createUpdates({
      version,
      platform: 'linux',
      arch: 'x64',
      settings,
      pushes: { push: (_event, value) => { pushed.push(value as Update) } },
      readConfig: async () => config === 'unreadable' ? undefined : { updates: true, updateFeed: feed.url, updateKeys: [KNOWN.public], relayLists: [], ...config },
      whoUpdates: async () => whoUpdates,
      findKind: async () => kind,
      fetch,
      rollout: { includes: async () => included },
      openPackageUpdater: async (one) => {
        opened.push(one)
        return downloads
      },
      replace: async (path, _offer, { kind: one, restart }) => { replaced.push({ path, restart, kind: one }) },
      clearDownloads: async () => {},
      quit: () => { quits++ }
    }),
    offer: (version, bytes = content, more = '') => {
      feed.files.set('latest-linux.yml', signed(metadata(version, bytes, more)))
      feed.files.set(`natter_${version}_amd64.deb`, bytes)
    },
    close: async () => {
      vi.restoreAllMocks()
      await feed.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
