import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createAppWindow } from './desktop/app-window.ts'
import { registerIpc, sendPushes } from './desktop/ipc.ts'
import { runApp } from './desktop/lifecycle.ts'
import { createNotices } from './desktop/notices.ts'
import { openSettingsOrFail } from './desktop/open-settings.ts'
import { createPendingInvite } from './desktop/pending-invite.ts'
import { createPushes } from './desktop/push.ts'
import type { Services } from './desktop/services.ts'
import { getSystem } from './desktop/system.ts'

// The bundle is dist/main/index.cjs, beside dist/preload and dist/renderer.
const built = join(__dirname, '..')
// Resolved here and not in the store's worker: only this thread knows of packed apps, and of the module that an older runtime needs.
const driverPath = (): string => createRequire(__filename).resolve('better-sqlite3-multiple-ciphers')

const window = createAppWindow()
const pushes = createPushes({ send: (batch) => { sendPushes(window.current(), batch) } })
const notices = createNotices(pushes)
const pendingInvite = createPendingInvite(pushes)
const services = Promise.withResolvers<Services>()

runApp({
  rendererFolder: join(built, 'renderer'),

  onSummons: (link) => {
    if (link !== undefined) pendingInvite.open(link)
    window.bringToFront()
  },

  start: async ({ folder }) => {
    const { settings, failure } = await openSettingsOrFail(folder, { notices, pushes })
    const system = getSystem()
    system.applyTheme(settings.visible().theme)
    registerIpc({ handlers: services.promise.then(({ handlers }) => handlers), window: window.current })
    window.open({ preload: join(built, 'preload/index.cjs') })

    const { createServices } = await import('./desktop/services.ts')
    const created = createServices({ folder, settings, failure, pushes, notices, pendingInvite, system, workerPath: join(built, 'main/store-worker.cjs'), driverPath })
    services.resolve(created)
    await created.session.start()
  },

  stop: async () => {
    // Quit before the services were there: there is nothing to close.
    const created = await Promise.race([services.promise, Promise.resolve(undefined)])
    await created?.session.stop()
  }
})
