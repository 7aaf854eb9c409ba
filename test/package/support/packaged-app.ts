import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { killMarked, waitUntilGone } from '../../e2e/support/processes.ts'
import { openCdp } from './cdp.ts'
import { openPage, type CdpPage } from './page.ts'

/** How to start a packaged app. */
export interface PackagedOptions {
  /** Program and arguments that start it, with all that stands before: namespaces, another user, another root. */
  readonly command: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A packaged app that runs as people get it, and its window. */
export interface PackagedApp {
  readonly page: CdpPage
  /** What was spawned; the app is below it. */
  readonly process: ChildProcess
  /** Carried by all of its processes in NATTER_TEST_MARK. */
  readonly mark: string
  /** What it wrote to its terminal so far. */
  readonly output: () => string
  /** Ends the app and fails if any of its processes outlives it. */
  readonly close: () => Promise<void>
}

/** Starts the app and waits for its window. */
export async function startPackaged ({ command, args = [], env = {} }: PackagedOptions): Promise<PackagedApp> {
  const [program = '', ...before] = command
  const mark = `natter-test-${randomUUID()}`
  // Without a window manager windows lie on top of each other, and Chromium draws no window that nobody can see.
  const switches = ['--remote-debugging-pipe', '--disable-gpu', '--disable-backgrounding-occluded-windows']
  const child = spawn(program, [...before, ...args, ...switches], {
    env: { ...process.env, ...env, NATTER_TEST_MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString() })
  const exit = Promise.withResolvers<never>()
  // Whoever waits for the window hears of it; later nobody does.
  exit.promise.catch(() => undefined)
  child.once('error', exit.reject)
  child.once('exit', (code, signal) => { exit.reject(new Error(`the app ended with ${String(code ?? signal)}`)) })
  const cdp = openCdp(child.stdio[3] as Writable, child.stdio[4] as Readable)
  try {
    const page = await Promise.race([openPage(cdp), exit.promise])
    return {
      page,
      process: child,
      mark,
      output: () => output,
      close: async () => {
        try {
          // It may be gone before it answers, and need not answer.
          void cdp.send('Browser.close').catch(() => undefined)
          await waitUntilGone(mark)
        } finally {
          killMarked(mark)
        }
      }
    }
  } catch (error) {
    killMarked(mark)
    throw new Error(`the packaged app opened no window: ${String(error)}\nIt wrote:\n${output}`, { cause: error })
  }
}
