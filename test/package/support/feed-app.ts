import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { vi } from 'vitest'
import type { Update } from '../../../preload/contract/index.ts'
import { killMarked, waitUntilGone } from '../../e2e/support/processes.ts'
import { openCdp } from './cdp.ts'
import type { FeedSystem } from './feed-system.ts'
import { openPage, type CdpPage } from './page.ts'
import { PROGRAM } from './packages.ts'

/** Milliseconds: starting, downloading 120 MB over loopback and unpacking them on two cores. */
const SOON = { timeout: 60_000, interval: 100 }

/** The installed app, which may end and start again while a test looks at it. */
export interface FeedApp {
  readonly version: () => Promise<string>
  readonly update: () => Promise<Update>
  /** Asks the feed, and waits until it is known what came of it. */
  readonly check: () => Promise<Update>
  /** Quits, installs, and waits for the window of the copy that starts then. */
  readonly installAndRestart: () => Promise<void>
  /** Quits as a person does, and waits until nothing of it is left. */
  readonly quit: () => Promise<void>
  /** Ends what is left. */
  readonly kill: () => void
  readonly output: () => string
}

/**
 * Starts the app as the ordinary user. Steered over a port: two pipes would not outlive a restart.
 *
 * @param path of the program, in the system
 */
export async function startFeedApp (system: FeedSystem, path = `/usr/bin/${PROGRAM}`): Promise<FeedApp> {
  const mark = `natter-test-${randomUUID()}`
  const port = join(system.folder, 'home/ada/.config/Natter test/DevToolsActivePort')
  const [program = '', ...before] = system.enter
  rmSync(port, { force: true })
  const child = spawn(program, [...before, path, '--remote-debugging-port=0', '--disable-gpu'], { env: { ...process.env, ...system.userEnv, NATTER_TEST_MARK: mark }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })

  const kill = (): void => { killMarked(mark) }
  const connect = async (): Promise<Window> => vi.waitFor(async () => openWindow(port), SOON).catch((cause: unknown) => {
    kill()
    throw new Error(`the installed app opened no window. It wrote:\n${output}`, { cause })
  })
  // Longer than an app takes to end: it installs first.
  const gone = async (): Promise<void> => vi.waitFor(async () => waitUntilGone(mark), SOON)
  let window = await connect()
  const ask = async <T>(call: string): Promise<T> => {
    const answer = await window.page.evaluate<{ readonly ok: boolean, readonly value: T }>(`window.api.${call}`)
    if (!answer.ok) throw new Error(`${call} failed`)
    return answer.value
  }
  const update = async (): Promise<Update> => (await ask<{ readonly update: Update }>('getSnapshot({})')).update

  return {
    version: async () => (await ask<{ readonly version: string }>('getSnapshot({})')).version,
    update,
    check: async () => {
      const began = Date.now()
      await ask('checkForUpdates({})')
      return vi.waitFor(async () => {
        const state = await update()
        // What an earlier check said stands until this one has begun.
        const isNew = 'checkedAt' in state ? state.checkedAt >= began : ['ready', 'available', 'off'].includes(state.kind)
        if (!isNew) throw new Error(`still ${state.kind}`)
        return state
      }, SOON)
    },
    installAndRestart: async () => {
      rmSync(port, { force: true })
      // The window may be gone before it hears the answer.
      await ask('installUpdate({})').catch(() => undefined)
      window.close()
      window = await connect()
    },
    quit: async () => {
      await window.send('Browser.close').catch(() => undefined)
      window.close()
      await gone()
    },
    kill,
    output: () => output
  }
}

interface Window {
  readonly page: CdpPage
  readonly send: (method: string) => Promise<unknown>
  readonly close: () => void
}

/** @param file in which Chromium says where it listens; @throws where it does not yet */
async function openWindow (file: string): Promise<Window> {
  if (!existsSync(file)) throw new Error('no port yet')
  const [port = '', path = ''] = readFileSync(file, 'utf8').split('\n')
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => { reject(new Error('nobody listens')) })
  })
  const input = new PassThrough().setEncoding('utf8')
  const output = new PassThrough()
  input.on('data', (message: string) => { for (const one of message.split('\0')) if (one !== '') socket.send(one) })
  socket.addEventListener('message', ({ data }) => { output.write(`${String(data)}\0`) })
  socket.addEventListener('close', () => { output.destroy() })
  const cdp = openCdp(input, output)
  const page = await openPage(cdp)
  // A window is there before its page is.
  if (!await page.evaluate<boolean>('typeof window.api === "object"')) throw new Error('no page yet')
  return { page, send: async (method) => cdp.send(method), close: () => { socket.close() } }
}
