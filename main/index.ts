import { app } from 'electron'
import { join } from 'node:path'
import { registerAppScheme, serveAppScheme } from './desktop/app-scheme.ts'
import { guardWebContents } from './desktop/guard.ts'
import { openWindow } from './desktop/window.ts'

// `--no-sandbox` is how root runs Chromium at all; forcing the sandbox over it crash-loops.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()

registerAppScheme()

app.on('window-all-closed', () => {
  app.quit()
})

app.whenReady().then(start, fail)

function start(): void {
  guardWebContents()
  // The bundle is dist/main/index.cjs, beside dist/preload and dist/renderer.
  serveAppScheme(join(__dirname, '../renderer'))
  openWindow({ preload: join(__dirname, '../preload/index.cjs') })
}

function fail(error: unknown): void {
  console.error('natter: the app did not start:', error)
  app.exit(1)
}
