import { join } from 'node:path'
import { createCrashes, type Crashes } from './crashes/crashes.ts'
import { tellLastCrash, tellPartCrash } from './crashes/tell.ts'
import { keepImages, watchProcesses } from './crashes/watch.ts'
import { isUnderPassphrase } from './keys/key-file.ts'
import type { Start } from './lifecycle.ts'
import { errorWords } from './logs/error-words.ts'
import { createLog, type Log } from './logs/log.ts'
import { logConsole, outliveTerminal } from './logs/sources.ts'
import type { Notices } from './notices.ts'
import { describeRuntime } from './system.ts'

/** Log and reports of crashes: what a person can look at, or show to somebody, when something is wrong. */
export interface Diagnostics {
  readonly log: Pick<Log, 'write'>
  /** The start came to a step. */
  readonly step: (step: 'the window opens' | 'the parts are loaded' | 'the start is done') => void
  /** Sees what happens from now on; nothing waits for a disk. Before the app is ready. */
  readonly begin: (start: Start, isWritable: boolean, on: { readonly crashes: () => void, readonly notices: Notices }) => void
  /** The start failed, and the app ends: keeps a report of it. */
  readonly fail: (error: unknown) => void
  /** Reports of crashes, once {@link begin} was called. */
  readonly crashes: () => Crashes
  /** Opens the log's file and looks for reports of earlier runs: once the window works. */
  readonly open: (notices: Notices) => Promise<void>
  readonly close: () => Promise<void>
}

/** Makes log and crash reports; which folder they are for, {@link Diagnostics.begin} says. */
export function createDiagnostics (): Diagnostics {
  const log = createLog()
  let begun: { readonly crashes: Crashes, readonly logs: string, readonly hasPassphrase: boolean } | undefined

  function crashes (): Crashes {
    if (begun === undefined) throw new TypeError('diagnostics have not begun')
    return begun.crashes
  }

  return {
    log,
    step: (step) => { log.write({ kind: 'step', step, ms: process.uptime() * 1000 }) },
    begin: (start, isWritable, on) => {
      const { version, runtime } = describeRuntime()
      outliveTerminal()
      logConsole(log)
      log.write({ kind: 'start', version, runtime, mode: modeOf(start) })
      // An image of memory can hold what a passphrase is there to keep from whoever has the disk.
      const hasPassphrase = isUnderPassphrase(join(start.folders.data, 'identity.json'))
      if (isWritable && !hasPassphrase) keepImages(start.folders.crashes)
      const kept = createCrashes({ folder: start.folders.crashes, footer: [`Natter ${version}`, runtime], onChange: on.crashes })
      begun = { crashes: kept, logs: start.folders.logs, hasPassphrase }
      watchProcesses({
        crashes: kept,
        log,
        onReport: () => {
          tellPartCrash(on.notices)
          void kept.look()
        }
      })
    },
    fail: (error) => { begun?.crashes.report('main', ['It did not start.', ...errorWords(error)]) },
    crashes,
    open: async (notices) => {
      if (begun === undefined) return
      await log.open(begun.logs)
      if (begun.hasPassphrase) await begun.crashes.forgetImages()
      if (await begun.crashes.look() > 0) tellLastCrash(notices)
    },
    close: async () => {
      log.write({ kind: 'end' })
      await log.close()
    }
  }
}

function modeOf ({ safeMode, profile, hidden }: Start): ('safe mode' | 'profile' | 'hidden')[] {
  return [
    ...(safeMode ? ['safe mode' as const] : []),
    ...(profile === undefined ? [] : ['profile' as const]),
    ...(hidden ? ['hidden' as const] : [])
  ]
}
