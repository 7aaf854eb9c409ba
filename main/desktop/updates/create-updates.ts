import { app } from 'electron'
import { join } from 'node:path'
import process from 'node:process'
import type { SettingsService } from '../../settings/settings.ts'
import type { Web } from '../proxy/web.ts'
import type { Pushes } from '../push.ts'
import { readBuildConfig } from './build-config.ts'
import { findPackageKind, whoUpdates, type Surroundings } from './installation.ts'
import { createRollout } from './rollout.ts'
import { createUpdates, type Updates } from './updates.ts'

/** What {@link createAppUpdates} stands on. */
export interface AppUpdatesDeps {
  /** Absolute path of the data directory. */
  readonly folder: string
  readonly settings: SettingsService
  readonly pushes: Pick<Pushes, 'push'>
  readonly web: Web
  /** Safe mode asks nobody anything. */
  readonly safeMode: boolean
}

/** Updates of the app that runs, as Electron knows it. electron-updater and what it brings are loaded when there is something to get. */
export function createAppUpdates ({ folder, settings, pushes, web, safeMode }: AppUpdatesDeps): Updates {
  const surroundings: Surroundings = {
    platform: process.platform,
    execPath: process.execPath,
    resourcesPath: process.resourcesPath,
    env: process.env,
    isPackaged: app.isPackaged,
    fromStore: process.windowsStore || process.mas,
    uid: process.geteuid?.()
  }
  const relaunch = (): void => { app.relaunch() }
  const releaseLock = (): void => { app.releaseSingleInstanceLock() }

  return createUpdates({
    version: app.getVersion(),
    platform: process.platform,
    arch: process.arch,
    settings,
    pushes,
    readConfig: async () => readBuildConfig(app.getAppPath()),
    whoUpdates: async () => safeMode ? 'Natter looks for no updates in safe mode.' : whoUpdates(surroundings),
    findKind: async () => findPackageKind(surroundings),
    fetch: web.fetchIn('natter-updates'),
    rollout: createRollout(join(folder, 'update-number')),
    openPackageUpdater: async (kind) => (await import('./package-updater.ts')).createPackageUpdater(kind, folder, web.steer),
    replace: async (path, { file }, { kind, packageUpdater, restart }) => {
      const { installUpdate } = await import('./install.ts')
      await installUpdate(path, file, restart, { kind, packageUpdater, surroundings, relaunch, releaseLock })
    },
    clearDownloads: async () => (await import('./package-updater.ts')).clearDownloads(folder),
    quit: () => { app.quit() }
  })
}
