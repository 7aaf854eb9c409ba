import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuthInfo } from 'electron'
import type { AppUpdater } from 'electron-updater'
import { getAppCacheDir } from 'electron-updater/out/AppAdapter.js'
import type { Web } from '../proxy/web.ts'
import { UpdateError } from './errors.ts'
import type { PackageKind } from './installation.ts'
import { offerOneFile, type Offer } from './one-file.ts'

/** Milliseconds without a byte after which a download counts as broken; electron-updater itself waits for ever. */
const STALL = 60_000

/** Gets packages, by electron-updater. */
export interface PackageUpdater {
  /**
   * Downloads a package, or finds it whole from an earlier run.
   *
   * @returns the absolute path of the file
   * @throws {UpdateError} `ERR_DOWNLOAD`
   */
  readonly download: (offer: Offer, options: { readonly onProgress: (bytes: number) => void, readonly signal: AbortSignal }) => Promise<string>
  /**
   * Has electron-updater install what it downloaded, on Windows and macOS. False where it did not begin.
   *
   * @param restart whether the app is to start again
   */
  readonly handOver: (restart: boolean) => boolean
}

/** Absolute path of the folder that downloads of one profile are kept in: two profiles may run at once. */
export function cacheFolder (folder: string): string {
  return join(getAppCacheDir(), cacheName(folder))
}

/** Deletes what was downloaded. */
export async function clearDownloads (folder: string): Promise<void> {
  await rm(cacheFolder(folder), { recursive: true, force: true }).catch(() => {})
}

/**
 * Sets electron-updater up so that it decides nothing: which version, which
 * file and whether at all is found out before, from what was signed.
 *
 * @param folder absolute path of the data directory
 * @param steer has its session go through the proxy that is set
 */
export async function createPackageUpdater (kind: Exclude<PackageKind, 'manual'>, folder: string, steer: Web['steer']): Promise<PackageUpdater> {
  const { CancellationToken, ...library } = await import('electron-updater')
  const classes = { deb: library.DebUpdater, rpm: library.RpmUpdater, appimage: library.AppImageUpdater, nsis: library.NsisUpdater, mac: library.MacUpdater }
  const updater: AppUpdater = new classes[kind]()
  updater.logger = null
  updater.autoDownload = false
  // On a Mac the system's own updater has to be handed the file in time.
  updater.autoInstallOnAppQuit = kind === 'mac'
  updater.allowDowngrade = false
  updater.disableWebInstaller = true
  // Maps of blocks are not signed, and unpacking them is unbounded.
  updater.disableDifferentialDownload = true
  await nameCache(updater, kind, folder)

  return {
    handOver: (restart) => {
      // Silent: the installer waits for our end.
      if (updater instanceof library.BaseUpdater) return updater.install(true, restart)
      // A Mac's own updater has the file by now, and installs it when the app ends anyway.
      if (restart) updater.quitAndInstall()
      return true
    },

    download: async (offer, { onProgress, signal }) => {
      signal.throwIfAborted()
      boundDownload(updater, offer.file.size)
      const tell = await steer(updater.netSession)
      // Without an answer the download waits for ever; electron-updater's type leaves out that it may be none.
      const login = (asker: AuthInfo, answer: unknown): void => { tell(asker, answer as Parameters<typeof tell>[1]) }
      updater.on('login', login)
      offerOneFile(updater, library.Provider, offer)
      const token = new CancellationToken()
      const cancel = (): void => {
        token.cancel()
        void updater.netSession.closeAllConnections()
      }
      let timer = setTimeout(cancel, STALL)
      const progress = ({ transferred }: { readonly transferred: number }): void => {
        clearTimeout(timer)
        timer = setTimeout(cancel, STALL)
        onProgress(transferred)
      }
      signal.addEventListener('abort', cancel)
      updater.on('download-progress', progress)
      try {
        const found = await updater.checkForUpdates()
        if (found?.isUpdateAvailable !== true) throw new UpdateError('ERR_DOWNLOAD', `Natter ${offer.release.version} does not run on this version of the system.`)
        const [path] = await updater.downloadUpdate(token)
        if (path === undefined) throw new Error('no file')
        return path
      } catch (cause) {
        if (cause instanceof UpdateError) throw cause
        throw new UpdateError('ERR_DOWNLOAD', `Natter ${offer.release.version} could not be downloaded whole${isMismatch(cause) ? ': the file is not the one that was signed' : ''}. Natter tries again later.`, { cause })
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', cancel)
        updater.off('download-progress', progress)
        updater.off('login', login)
      }
    }
  }
}

/** Refuses answers that do not say their length, or say more than was signed: they would fill the disk before their checksum is known. */
function boundDownload (updater: AppUpdater, size: number): void {
  updater.netSession.webRequest.onHeadersReceived(({ statusCode, responseHeaders }, decide) => {
    const [, values] = Object.entries(responseHeaders ?? {}).find(([name]) => name.toLowerCase() === 'content-length') ?? []
    decide({ cancel: statusCode === 200 && !(Number(values?.[0]) <= size) })
  })
}

/** electron-updater reads the name of its cache from a file. */
async function nameCache (updater: AppUpdater, kind: PackageKind, folder: string): Promise<void> {
  // Windows: the file of the package also names who signed the installer, which is checked by it.
  if (kind === 'nsis') return
  const cache = cacheFolder(folder)
  await mkdir(cache, { recursive: true, mode: 0o700 })
  const path = join(cache, 'cache.yml')
  // JSON is YAML.
  await writeFile(path, JSON.stringify({ updaterCacheDirName: cacheName(folder) }), { mode: 0o600 })
  updater.updateConfigPath = path
}

function cacheName (folder: string): string {
  return `natter-updater-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
}

function isMismatch (error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_CHECKSUM_MISMATCH'
}
