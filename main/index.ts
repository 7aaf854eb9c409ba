import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { PushBatch } from '../preload/contract/index.ts'
import { createAppWindow } from './desktop/app-window.ts'
import { createDesktop, type DesktopHome } from './desktop/create-desktop.ts'
import { createDiagnostics } from './desktop/diagnostics.ts'
import { registerIpc, sendPushes } from './desktop/ipc.ts'
import { wasStartedAtLogin } from './desktop/login/start-at-login.ts'
import { runApp } from './desktop/lifecycle.ts'
import { logPushes } from './desktop/logs/sources.ts'
import { createNotices } from './desktop/notices.ts'
import { forgetSessionStorage, mendOwnFiles } from './desktop/own-files.ts'
import { openSettingsOrFail } from './desktop/open-settings.ts'
import { createErrands } from './desktop/errands.ts'
import { createWeb } from './desktop/proxy/web.ts'
import { createPushes } from './desktop/push.ts'
import type { Services } from './desktop/services.ts'
import { createStatus } from './desktop/status.ts'
import { getSystem } from './desktop/system.ts'
import { createAppUpdates } from './desktop/updates/create-updates.ts'
import { within } from './desktop/within.ts'
import { startWorker, untilWorkersLoaded } from './store/start-worker.ts'
import type { Updates } from './desktop/updates/updates.ts'

// The bundle is dist/main/index.cjs, beside dist/preload and dist/renderer.
const built = join(__dirname, '..')
// Resolved here and not in the store's worker: only this thread knows of packed apps, and of the module that an older runtime needs.
const driverPath = (): string => createRequire(__filename).resolve('better-sqlite3-multiple-ciphers')
const workerPath = join(built, 'main/store-worker.cjs')
const simulationPath = join(built, 'main/simulation-worker.cjs')
/** Milliseconds that the heavy parts wait for the page's first file at the most; it took 30 (measured). */
const PAGE_FIRST = 1_000
/** Milliseconds that the end waits for a worker that is loading at the most; it takes 80 (measured). */
const LOADED_WITHIN = 5_000

function startStoreWorker (): Worker | undefined {
  try {
    return startWorker({ workerPath, driverPath: driverPath() })
  } catch {
    // Who opens the store says what is missing.
    return undefined
  }
}

const window = createAppWindow()
const diagnostics = createDiagnostics()
const status = createStatus()
const send = (batch: PushBatch): void => {
  sendPushes(window.current(), batch)
  status.take(batch)
}
const pushes = logPushes(createPushes({ send }), diagnostics.log)
const notices = createNotices(pushes)
const errands = createErrands(pushes)
const services = Promise.withResolvers<Services>()
let desktop: DesktopHome | undefined
let updating: Updates | undefined

runApp({
  rendererFolder: join(built, 'renderer'),

  prepare: (found, isWritable) => {
    forgetSessionStorage(found.folders)
    diagnostics.begin(found, isWritable, { notices, crashes: () => { if (desktop !== undefined) pushes.push('desktop:change', desktop.state()) } })
    // Beside Chromium's own start, on another core and from the disk.
    return { storeWorker: startStoreWorker(), opening: openSettingsOrFail(found.folders.data, { notices, pushes, safeMode: found.safeMode }) }
  },

  onSummons: (link) => {
    if (link !== undefined) errands.open({ kind: 'invite', link })
    window.bringToFront()
  },

  start: async (found, { storeWorker, opening }, asked) => {
    const { folders: { data: folder }, safeMode } = found
    const { settings, failure } = await opening
    const system = getSystem()
    system.applyTheme(settings.visible().theme)
    registerIpc({ handlers: services.promise.then(({ handlers }) => handlers), window: window.current })
    const web = createWeb({ settings, sealer: system.sealer })
    const updates = createAppUpdates({ folder, settings, pushes, web, safeMode })
    updating = updates
    const home = createDesktop({ start: found, crashes: diagnostics.crashes(), status, settings, pushes, notices, errands, window, checkForUpdates: () => { void updates.check() } })
    desktop = home
    window.start({ preload: join(built, 'preload/index.cjs'), title: home.title(), staysOnClose: home.stays, place: () => settings.stored().window, onPlace: (place) => { settings.update({ window: place }) } }, found.hidden || wasStartedAtLogin())
    diagnostics.step('the window opens')

    // Loading them blocks the process for 30 ms (measured): first the page gets what it asks for.
    if (window.current() !== undefined) await within(asked, PAGE_FIRST)
    const { createServices } = await import('./desktop/services.ts')
    const created = createServices({ folder, settings, safeMode, failure, pushes, notices, errands, desktop: home, attention: home.sight, onArrive: home.arrive, updates, system, web, storeWorker, workerPath, simulationPath, onLeave: window.onLeave, driverPath })
    services.resolve(created)
    diagnostics.step('the parts are loaded')
    await created.session.start()
    diagnostics.step('the start is done')
    // What is not needed for a window to work comes last.
    void mendOwnFiles(found.folders)
    await diagnostics.open(notices)
    updates.start()
    // May wait a minute for a tray.
    await home.begin()
  },

  onFail: async (error) => {
    diagnostics.fail(error)
    await within(untilWorkersLoaded(), LOADED_WITHIN)
  },

  stop: async () => {
    // Quit before the services were there: there is nothing to close.
    const created = await Promise.race([services.promise, Promise.resolve(undefined)])
    desktop?.end()
    await created?.session.stop()
    // Nothing of ours is open any more, so that the program can be replaced.
    await updating?.stop()
    await diagnostics.close()
    await within(untilWorkersLoaded(), LOADED_WITHIN)
  }
})
