import { app, crashReporter, dialog, type WebContents } from 'electron'
import { mkdirSync } from 'node:fs'
import { errorWords } from '../logs/error-words.ts'
import type { Log } from '../logs/log.ts'
import { imageFolder, type Crashes } from './crashes.ts'
import type { Part } from './names.ts'

/** Milliseconds within which a window that ends again is not opened again by itself. */
const AGAIN = 60_000
/** Milliseconds that the end of the app may take to show: when the session ends, its processes are killed in any order. */
const SETTLE = 1_000

/**
 * Lets the system's own handler write an image of a process that ends outside
 * of JavaScript. Before the app is ready, so that it sees all processes. Where
 * the folder cannot be made there are none, and the app starts all the same.
 */
export function keepImages (folder: string): void {
  const images = imageFolder(folder)
  try {
    mkdirSync(images, { recursive: true, mode: 0o700 })
  } catch {
    return
  }
  app.setPath('crashDumps', images)
  // Without a place to send to, and told not to send.
  crashReporter.start({ uploadToServer: false, compress: false })
}

/** What {@link watchProcesses} needs. */
export interface WatchDeps {
  readonly crashes: Crashes
  readonly log: Pick<Log, 'write'>
  /** A report was written while the app goes on. */
  readonly onReport: () => void
}

/** Writes a report when a process of the app ends by itself; a window is opened again once. */
export function watchProcesses ({ crashes, log, onReport }: WatchDeps): void {
  let isQuitting = false
  let lastReload = -Infinity
  app.on('before-quit', () => { isQuitting = true })

  // What throws unseen leaves the program in a state that nobody thought of: it says so and ends.
  let isEnded = false
  process.on('uncaughtException', (error) => {
    // What else fails before the process is gone follows from the first.
    if (isEnded) return
    isEnded = true
    crashes.report('main', errorWords(error))
    console.error('natter: ended by an error that nobody caught:', error)
    app.exit(1)
  })
  process.on('unhandledRejection', (reason) => {
    console.error('natter: a promise was forgotten:', reason)
  })

  function gone (part: Part, reason: string, exitCode: number): void {
    if (reason === 'clean-exit') return
    log.write({ kind: 'gone', part, reason, exitCode })
    setTimeout(() => {
      if (isQuitting) return
      crashes.report(part, [`Reason: ${reason}. Code: ${exitCode}.`])
      onReport()
    }, reason === 'killed' ? SETTLE : 0)
  }

  app.on('child-process-gone', (_event, { type, reason, exitCode, serviceName }) => {
    gone(type === 'GPU' ? 'graphics' : serviceName === 'network.mojom.NetworkService' ? 'network' : 'helper', reason, exitCode)
  })
  app.on('render-process-gone', (_event, contents, { reason, exitCode }) => {
    gone('window', reason, exitCode)
    if (reason === 'clean-exit' || isQuitting) return
    const now = performance.now()
    const isFirst = now - lastReload > AGAIN
    lastReload = now
    if (isFirst) contents.reload()
    else void offerReload(contents)
  })
}

async function offerReload (contents: WebContents): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'Natter\'s window ended again.',
    detail: 'Natter itself goes on, and others can still reach you. A report is on this computer and nowhere else.',
    buttons: ['Open the window again', 'Quit Natter'],
    defaultId: 0,
    cancelId: 0,
    noLink: true
  })
  if (response === 1) app.quit()
  else if (!contents.isDestroyed()) contents.reload()
}
