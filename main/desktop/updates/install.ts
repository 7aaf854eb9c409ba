import { spawn } from 'node:child_process'
import { checkFile } from './check-file.ts'
import { UpdateError } from './errors.ts'
import { installAsRoot } from './install-as-root.ts'
import type { PackageKind, Surroundings } from './installation.ts'
import type { PackageUpdater } from './package-updater.ts'
import type { ReleaseFile } from './release.ts'
import { replaceAppImage } from './replace-app-image.ts'

/** What {@link installUpdate} works with. */
export interface InstallDeps {
  readonly kind: Exclude<PackageKind, 'manual'>
  readonly packageUpdater: Pick<PackageUpdater, 'handOver'>
  readonly surroundings: Pick<Surroundings, 'env' | 'uid'>
  /** Has the system start the app again once it ended. */
  readonly relaunch: () => void
  /** Lets another copy have the data directory. */
  readonly releaseLock: () => void
}

/**
 * Puts a downloaded version in the place of this one, after one more look at
 * the file. To be called when the app has let go of everything and is about to end.
 *
 * @param restart whether the app is to start again: as the new version or, if that fails, as the old one
 * @throws {UpdateError} `ERR_FILE_CHANGED`, `ERR_INSTALL`
 */
export async function installUpdate (path: string, file: ReleaseFile, restart: boolean, { kind, packageUpdater, surroundings, relaunch, releaseLock }: InstallDeps): Promise<void> {
  switch (kind) {
    case 'deb':
    case 'rpm':
      // Now, while the files under this process are still its own.
      if (restart) relaunch()
      await checkFile(path, file)
      await installAsRoot(path, { kind, sha512: file.sha512, uid: surroundings.uid })
      return
    case 'appimage': {
      const target = surroundings.env['APPIMAGE'] ?? ''
      try {
        await replaceAppImage(path, target, file)
      } finally {
        if (restart) startAppImage(target, releaseLock)
      }
      return
    }
    case 'nsis':
    case 'mac':
      try {
        await checkFile(path, file)
        if (!packageUpdater.handOver(restart)) throw new UpdateError('ERR_INSTALL', 'The update was not installed: its installer did not start. Natter tries again when it quits next.')
      } catch (error) {
        if (restart) relaunch()
        throw error
      }
  }
}

/** Electron would start the program inside the old AppImage, which is gone with its last process. */
function startAppImage (target: string, releaseLock: () => void): void {
  releaseLock()
  const child = spawn(target, [], { stdio: 'ignore', detached: true })
  child.once('error', () => { console.error('natter: the AppImage did not start again') })
  child.unref()
}
