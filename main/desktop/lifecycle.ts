import { app } from 'electron'
import { registerAppScheme, serveAppScheme } from './app-scheme.ts'
import { claimDataFolder } from './data-folder.ts'
import { findLink, LINK_SCHEME } from './deep-link.ts'
import { guardWebContents } from './guard.ts'

/** What a start finds. */
export interface Start {
  /** Absolute path of the data directory. */
  readonly folder: string
}

/** The life of the app between Electron's readiness and its end. */
export interface AppLife {
  /** Absolute path of the built renderer. */
  readonly rendererFolder: string
  /** Called once, when windows may be opened. If it fails, the app says so and ends with code 1. */
  readonly start: (found: Start) => Promise<void>
  /** The app was asked to show itself, by a second copy or by a link; may come before `start`. */
  readonly onSummons: (link: string | undefined) => void
  /** Called once before the app ends, which waits for it. */
  readonly stop: () => Promise<void>
}

/**
 * Runs the app: sandbox, scheme and guards first, so that no window ever exists without them.
 * Must be called before anything else touches Electron, in the same turn as the program's start.
 */
export function runApp({ rendererFolder, start, stop, onSummons }: AppLife): void {
  // Root runs Chromium with `--no-sandbox` or not at all; forcing the sandbox over that crash-loops.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  const link = findLink(process.argv)
  const { folder, outcome } = claimDataFolder(link)
  if (outcome === 'second') {
    // The first copy shows its window; this one has opened nothing yet.
    app.exit(0)
    return
  }
  registerAppScheme()
  hearSummons(onSummons)
  if (link !== undefined) onSummons(link)

  app.on('window-all-closed', () => {
    app.quit()
  })
  stopBeforeQuit(stop)

  app
    .whenReady()
    .then(() => {
      guardWebContents()
      serveAppScheme(rendererFolder)
      return start({ folder })
    })
    .catch((error: unknown) => {
      console.error('natter: the app did not start:', error)
      app.exit(1)
    })
}

function hearSummons(onSummons: AppLife['onSummons']): void {
  app.on('second-instance', (_event, argv, _directory, data) => {
    // Links come as data; the command line is for copies of other versions.
    const link: unknown = typeof data === 'object' && data !== null && 'link' in data ? data.link : undefined
    onSummons(typeof link === 'string' ? findLink([link]) : findLink(argv))
  })
  // macOS hands links over so, and never on the command line.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    onSummons(findLink([url]))
  })
  // From a checkout it would bind the scheme to Electron itself.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME)
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
