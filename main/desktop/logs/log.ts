import { mkdir } from 'node:fs/promises'
import { sep } from 'node:path'
import type { RotatingFileStream } from 'rotating-file-stream'
import { monotonicNow } from '../../node/clock.ts'
import { entryLines, type Entry } from './entries.ts'

/** A file is put aside at this size, and this many are kept beside the current one: 2 MiB at most, weeks of ordinary use. */
const SIZE = '512K'
const OLD_FILES = 3
/** Problems that are written in a minute; a peer that makes one with each message must not fill the files with it. */
const PROBLEMS_A_MINUTE = 60
/** Entries that wait for the file to be opened. */
const MAX_WAITING = 500

/** The log of one run. Writing never waits and never fails. */
export interface Log {
  readonly write: (entry: Entry) => void
  /** Opens the file; what was written before goes there too. Rejects never: a disk that takes no log keeps nobody from chatting. */
  readonly open: (folder: string) => Promise<void>
  /** Writes what is not written yet. */
  readonly close: () => Promise<void>
}

/** What {@link createLog} can be given. */
export interface LogOptions {
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
  /** Milliseconds, from anywhere. @default monotonicNow */
  readonly elapsed?: () => number
  /** Size at which a file is put aside, as rotating-file-stream reads it. @default 512K */
  readonly size?: string
}

/** Makes a log that keeps its entries in memory until a file is opened. */
export function createLog ({ now = Date.now, elapsed = monotonicNow, size = SIZE }: LogOptions = {}): Log {
  let waiting: string[] | undefined = []
  let file: RotatingFileStream | undefined
  let minute = 0
  let problems = 0

  function put (entry: Entry): void {
    const at = new Date(now()).toISOString()
    const text = entryLines(entry).map((line) => `${at} ${line}\n`).join('')
    if (file !== undefined) file.write(text)
    else if (waiting !== undefined && waiting.length < MAX_WAITING) waiting.push(text)
  }

  function write (entry: Entry): void {
    if (entry.kind === 'problem') {
      const current = Math.floor(elapsed() / 60_000)
      if (current !== minute) {
        if (problems > PROBLEMS_A_MINUTE) put({ kind: 'left out', count: problems - PROBLEMS_A_MINUTE })
        minute = current
        problems = 0
      }
      if (++problems > PROBLEMS_A_MINUTE) return
    }
    put(entry)
  }

  return {
    write,
    open: async (folder) => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const { createStream } = await import('rotating-file-stream')
        const opened = createStream((index: number | Date | null) => index === null ? 'natter.log' : `natter.${String(index)}.log`, { path: `${folder}${sep}`, size, rotate: OLD_FILES, mode: 0o600 })
        opened.on('error', () => { file = undefined })
        for (const text of waiting ?? []) opened.write(text)
        file = opened
      } catch {
        // Nobody could read of it anywhere.
      }
      waiting = undefined
    },
    close: async () => {
      const closing = file
      if (closing === undefined) return
      file = undefined
      if (problems > PROBLEMS_A_MINUTE) closing.write(`${problems - PROBLEMS_A_MINUTE} more problems were left out\n`)
      await new Promise<void>((resolve) => {
        closing.once('close', resolve)
        closing.once('error', () => { resolve() })
        closing.end()
      })
    }
  }
}
