import type { AppUpdater, Provider as AnyProvider, ResolvedUpdateFileInfo, UpdateInfo } from 'electron-updater'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js'
import type { Release, ReleaseFile } from './release.ts'

/** A package that a verified release holds for this copy. */
export interface Offer {
  readonly release: Release
  readonly file: ReleaseFile
  /** Where the file lies. */
  readonly url: URL
}

/**
 * Makes electron-updater see a feed of one version with one file, which was
 * verified before it is told of it. It fetches no feed of its own: for that it
 * would send a number that tells copies apart, and trust what it gets.
 *
 * @param Provider electron-updater's base class, which is loaded late
 */
export function offerOneFile (updater: AppUpdater, Provider: typeof AnyProvider, { release, file, url }: Offer): void {
  const info: UpdateInfo = {
    version: release.version,
    files: [{ ...file }],
    path: file.url,
    sha512: file.sha512,
    releaseDate: '',
    ...(release.minimumSystemVersion === undefined ? {} : { minimumSystemVersion: release.minimumSystemVersion })
  }

  class OneFile extends Provider<UpdateInfo> {
    constructor (_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
      super(runtime)
    }

    override async getLatestVersion (): Promise<UpdateInfo> {
      return info
    }

    override resolveFiles (): ResolvedUpdateFileInfo[] {
      return [{ url, info: { ...file } }]
    }
  }

  updater.setFeedURL({ provider: 'custom', updateProvider: OneFile })
}
