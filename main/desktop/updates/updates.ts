import type { Update } from '../../../preload/contract/index.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Pushes } from '../push.ts'
import type { BuildConfig } from './build-config.ts'
import { checkFile } from './check-file.ts'
import { UpdateError } from './errors.ts'
import type { Fetch } from './fetch-feed.ts'
import { extensionOf, type PackageKind } from './installation.ts'
import type { Offer } from './one-file.ts'
import type { PackageUpdater } from './package-updater.ts'
import { pickFile } from './pick-file.ts'
import type { Rollout } from './rollout.ts'
import { createSchedule, type ScheduleOptions } from './schedule.ts'
import { compareVersions } from './versions.ts'
import { whyOff } from './why-off.ts'

/** Newer versions of Natter: finds, checks, fetches and installs them. */
export interface Updates {
  readonly state: () => Update
  /** Asks the feed now; what it says becomes the state. Never rejects. */
  readonly check: () => Promise<void>
  /** Quits, installs the update that is ready, and starts again; nothing where none is. Never rejects. */
  readonly install: () => Promise<void>
  readonly start: () => void
  /** Ends what runs, and installs the update that is ready. The last thing before the app's end. Never rejects. */
  readonly stop: () => Promise<void>
}

/** What {@link createUpdates} stands on. */
export interface UpdatesDeps {
  /** The version that runs. */
  readonly version: string
  readonly platform: NodeJS.Platform
  readonly arch: string
  readonly settings: Pick<SettingsService, 'visible' | 'on'>
  readonly pushes: Pick<Pushes, 'push'>
  /** undefined where it cannot be read. */
  readonly readConfig: () => Promise<BuildConfig | undefined>
  /** Why somebody else updates this copy, as a sentence. */
  readonly whoUpdates: () => Promise<string | undefined>
  readonly findKind: () => Promise<PackageKind>
  readonly fetch: Fetch
  readonly rollout: Rollout
  /** Loads electron-updater: only when there is something to get. */
  readonly openPackageUpdater: (kind: Exclude<PackageKind, 'manual'>) => Promise<PackageUpdater>
  /** Replaces this copy by a file that was downloaded. */
  readonly replace: (path: string, offer: Offer, options: { readonly kind: Exclude<PackageKind, 'manual'>, readonly packageUpdater: PackageUpdater, readonly restart: boolean }) => Promise<void>
  readonly clearDownloads: () => Promise<void>
  readonly quit: () => void
}

/** A package on the disk that waits for the app's end. */
interface Ready {
  readonly path: string
  readonly offer: Offer
  readonly kind: Exclude<PackageKind, 'manual'>
  readonly packageUpdater: PackageUpdater
}

/**
 * Keeps this copy up to date. A feed is believed after its signature alone, and
 * is never followed to an older version: not than the one that runs, and not
 * than one that is downloaded already.
 */
export function createUpdates (deps: UpdatesDeps, options: ScheduleOptions = {}): Updates {
  const { version, settings, pushes } = deps
  const schedule = createSchedule(check, options)
  let state: Update = { kind: 'idle' }
  let ready: Ready | undefined
  let restart = false
  let stopping = new AbortController()
  let checking: Promise<void> | undefined

  function become (next: Update): void {
    state = next
    pushes.push('update:change', next)
  }

  function check (): Promise<void> {
    checking ??= checkOnce(stopping.signal).finally(() => { checking = undefined })
    return checking
  }

  async function checkOnce (signal: AbortSignal): Promise<void> {
    try {
      const config = await allowed()
      if (config === undefined || signal.aborted) return
      if (ready === undefined) become({ kind: 'checking' })
      await look(config, signal)
    } catch (error) {
      // Whoever ended it says how things stand then.
      if (!signal.aborted) fail(error)
    }
  }

  /** The build's feed and keys, where this copy may look for updates; else says why it may not. */
  async function allowed (): Promise<BuildConfig | undefined> {
    const config = await deps.readConfig()
    const why = await deps.whoUpdates() ?? whyOff(config, settings.visible())
    if (why === undefined) return config
    if (state.kind !== 'off' || state.why !== why) become({ kind: 'off', why })
    return undefined
  }

  async function look ({ updateFeed, updateKeys }: BuildConfig, signal: AbortSignal): Promise<void> {
    // With it comes a parser of YAML, which the start can do without.
    const { readFeed } = await import('./read-feed.ts')
    const address = settings.visible().updateFeed || updateFeed
    const { release, base } = await readFeed({ address, keys: updateKeys, platform: deps.platform, arch: deps.arch, fetch: deps.fetch, signal })
    const newest = ready?.offer.release.version ?? version
    const isNewer = compareVersions(release.version, newest) > 0
    if (!isNewer || !await deps.rollout.includes(release.version, release.stagingPercentage)) {
      if (ready !== undefined) return
      await deps.clearDownloads()
      become({ kind: 'idle', checkedAt: Date.now() })
      return
    }
    const kind = await deps.findKind()
    const file = kind === 'manual' ? undefined : pickFile(release, extensionOf(kind), deps.arch)
    if (kind === 'manual' || file === undefined) {
      become({ kind: 'available', version: release.version, notes: release.releaseNotes })
      return
    }
    await get({ release, file, url: new URL(encodeURIComponent(file.url), base) }, kind, signal)
  }

  async function get (offer: Offer, kind: Exclude<PackageKind, 'manual'>, signal: AbortSignal): Promise<void> {
    const { release: { version: found, releaseNotes: notes }, file } = offer
    const progress = (bytes: number): void => { become({ kind: 'downloading', version: found, notes, bytes, total: file.size }) }
    // A file that is fetched takes the place of one that is there.
    ready = undefined
    progress(0)
    console.info(`natter: downloading version ${found}`)
    const packageUpdater = await deps.openPackageUpdater(kind)
    const path = await packageUpdater.download(offer, { onProgress: progress, signal })
    await checkFile(path, file)
    signal.throwIfAborted()
    ready = { path, offer, kind, packageUpdater }
    console.info(`natter: version ${found} is ready to be installed`)
    become({ kind: 'ready', version: found, notes })
  }

  /** What is ready stays ready, whatever a later check says. */
  function fail (error: unknown): void {
    // The error itself: the log leaves out what it quotes of a feed.
    console.warn('natter: no update:', error)
    if (ready !== undefined) return
    const message = error instanceof UpdateError ? error.message : 'Natter could not look for updates. It tries again later.'
    become({ kind: 'failed', message, checkedAt: Date.now() })
  }

  /** Forgets a file that is not what it was. */
  async function dropReady (error: unknown): Promise<void> {
    ready = undefined
    await deps.clearDownloads()
    fail(error)
  }

  /** Another feed, or none: nothing of the old one counts any more. A file that came stays on the disk for when it fits again. */
  async function beginAnew (): Promise<void> {
    stopping.abort()
    stopping = new AbortController()
    ready = undefined
    await checking
    if (await allowed() !== undefined) become({ kind: 'idle' })
  }

  let { checkUpdates, updateFeed } = settings.visible()
  settings.on('settings:change', (now) => {
    if (now.checkUpdates === checkUpdates && now.updateFeed === updateFeed) return
    ({ checkUpdates, updateFeed } = now)
    beginAnew().catch(fail)
  })

  return {
    state: () => state,
    check,
    start: () => {
      allowed().catch(fail)
      schedule.start()
    },
    install: async () => {
      if (ready === undefined) return
      try {
        await checkFile(ready.path, ready.offer.file)
      } catch (error) {
        await dropReady(error)
        return
      }
      restart = true
      deps.quit()
    },
    stop: async () => {
      schedule.stop()
      stopping.abort()
      if (ready === undefined) return
      const { path, offer, kind, packageUpdater } = ready
      ready = undefined
      console.info(`natter: installing version ${offer.release.version}`)
      await deps.replace(path, offer, { kind, packageUpdater, restart }).catch(fail)
    }
  }
}
