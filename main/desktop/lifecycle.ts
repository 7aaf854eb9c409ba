import { app, dialog, Menu } from 'electron'
import * as v from 'valibot'
import { registerAppScheme, serveAppScheme } from './app-scheme.ts'
import { takeCommandLine } from './command-line/answer.ts'
import type { StartOptions } from './command-line/command-line.ts'
import { claimDataFolder, type Folders } from './data-folder.ts'
import { findLink, LINK_SCHEME } from './deep-link.ts'
import { denyPrefetching, guardWebContents } from './guard.ts'
import { ownProgram } from './own-program.ts'

/** As in electron-builder.yml: Windows shows notifications only of programs whose shortcut has it. */
const APP_ID = 'chat.natter.Natter'

/** What a second copy hands over: it may be of another version. */
const SummonsData = v.object({ link: v.optional(v.string()), hidden: v.optional(v.boolean()) })

/** What a start finds. */
export interface Start extends StartOptions {
  readonly folders: Folders
}

/** The life of the app between Electron's readiness and its end. */
export interface AppLife<Prepared> {
  /** Absolute path of the built renderer. */
  readonly rendererFolder: string
  /** Called once, before the app is ready, if this copy is to run; `isWritable`: its folders take files. `start` gets what it answers. */
  readonly prepare: (found: Start, isWritable: boolean) => Prepared
  /**
   * Called once, when windows may be opened. If it fails, the app says so and ends with code 1.
   *
   * @param asked resolves when the page was given its first file
   */
  readonly start: (found: Start, prepared: Prepared, asked: Promise<void>) => Promise<void>
  /** The start failed; called before the person is told. The app ends when it resolves. */
  readonly onFail: (error: unknown) => Promise<void>
  /** The app was asked to show itself, by a second copy or by a link; may come before `start`. */
  readonly onSummons: (link: string | undefined) => void
  /** Called once before the app ends, which waits for it. */
  readonly stop: () => Promise<void>
}

/**
 * Runs the app: sandbox, scheme and guards first, so that no window ever exists without them.
 * Must be called before anything else touches Electron, in the same turn as the program's start.
 */
export function runApp<Prepared>({ rendererFolder, prepare, start, onFail, stop, onSummons }: AppLife<Prepared>): void {
  // Root runs Chromium with `--no-sandbox` or not at all; forcing the sandbox over that crash-loops.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  const options = takeCommandLine()
  const { folders, outcome } = claimDataFolder(options)
  if (outcome === 'second') {
    // The first copy shows its window; this one has opened nothing yet.
    app.exit(0)
    return
  }
  const found = { ...options, folders }
  const prepared = prepare(found, outcome === 'first')
  registerAppScheme()
  denyPrefetching()
  // Else Electron makes a menu of its own first, which takes 4 ms before the window (measured); ours comes with the start.
  Menu.setApplicationMenu(null)
  hearSummons(onSummons)
  if (options.link !== undefined) onSummons(options.link)

  app.on('window-all-closed', () => {
    app.quit()
  })
  if (app.isPackaged && process.platform === 'win32') app.setAppUserModelId(APP_ID)
  stopBeforeQuit(stop)

  app
    .whenReady()
    .then(() => {
      guardWebContents()
      const { promise: asked, resolve } = Promise.withResolvers<void>()
      serveAppScheme(rendererFolder, resolve)
      return start(found, prepared, asked)
    })
    .then(() => {
      // macOS: a click into the dock. Not before: it comes with the launch too, which may be a hidden one.
      app.on('activate', (_event, hasVisibleWindows) => {
        if (!hasVisibleWindows) onSummons(undefined)
      })
    })
    .catch(async (error: unknown) => {
      console.error('natter: the app did not start:', error)
      const told = onFail(error)
      // Waits for a click; after a login nobody asked for Natter, and it says it when somebody does.
      if (!options.hidden) dialog.showErrorBox('Natter did not start', `This is a fault of the program, or its files are incomplete: install it again. Your posts and your key stay as they are. A report is in ${folders.crashes}.`)
      await told
      app.exit(1)
    })
}

function hearSummons(onSummons: AppLife<unknown>['onSummons']): void {
  app.on('second-instance', (_event, argv, _directory, data) => {
    // Links come as data; the command line is for copies of other versions.
    const { link, hidden } = v.is(SummonsData, data) ? data : {}
    // Started at login, beside a copy that was there: nobody asked for a window.
    if (hidden !== true || link !== undefined) onSummons(findLink(link === undefined ? argv : [link]))
  })
  // macOS hands links over so, and never on the command line.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    onSummons(findLink([url]))
  })
  // From a checkout it would bind the scheme to Electron itself. On Linux packages bring a desktop file, and asking costs two processes at each start.
  // Behind `--`, where Windows puts it, a link is never read as an option.
  if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient(LINK_SCHEME, ownProgram(), ['--'])
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
