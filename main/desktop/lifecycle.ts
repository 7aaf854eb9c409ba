import { app } from 'electron'
import { registerAppScheme, serveAppScheme } from './app-scheme.ts'
import { guardWebContents } from './guard.ts'

/** The life of the app between Electron's readiness and its end. */
export interface AppLife {
  /** Absolute path of the built renderer. */
  readonly rendererFolder: string
  /** Called once, when windows may be opened. If it fails, the app says so and ends with code 1. */
  readonly start: () => Promise<void>
  /** Called once before the app ends, which waits for it. */
  readonly stop: () => Promise<void>
}

/**
 * Runs the app: sandbox, scheme and guards first, so that no window ever exists without them.
 * Must be called before anything else touches Electron, in the same turn as the program's start.
 */
export function runApp({ rendererFolder, start, stop }: AppLife): void {
  // Root runs Chromium with `--no-sandbox` or not at all; forcing the sandbox over that crash-loops.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  registerAppScheme()

  app.on('window-all-closed', () => {
    app.quit()
  })
  stopBeforeQuit(stop)

  app
    .whenReady()
    .then(() => {
      guardWebContents()
      serveAppScheme(rendererFolder)
      return start()
    })
    .catch((error: unknown) => {
      console.error('natter: the app did not start:', error)
      app.exit(1)
    })
}

function stopBeforeQuit(stop: () => Promise<void>): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running'
  app.on('will-quit', (event) => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    stop()
      .catch((error: unknown) => {
        console.error('natter: the app did not stop cleanly:', error)
      })
      .finally(() => {
        state = 'stopped'
        // Within this event Electron counts as quitting already and would ignore the call.
        setImmediate(() => {
          app.quit()
        })
      })
  })
}
