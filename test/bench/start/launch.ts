import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { killMarked, waitUntilGone } from '../../e2e/support/processes.ts'
import { Devtools, type DevtoolsEvent } from './devtools.ts'

/** Milliseconds after which an app counts as one that does not come up. */
const LIMIT = 60_000

/** An app that came up. */
export interface Launched {
  readonly devtools: Devtools
  /** Session of its page. */
  readonly page: string
  /** Milliseconds from the start of the process until the page was usable and its frame drawn. */
  readonly ms: number
  /** In the environment of every process of it. */
  readonly mark: string
  /** Ends it as a person would. */
  readonly close: () => Promise<void>
}

/**
 * Starts an app and waits until a person can use it.
 *
 * @param usable an expression; the page asks it at each frame
 */
export async function launch (binary: string, dataFolder: string, usable: string): Promise<Launched> {
  const mark = `natter-bench-${randomUUID()}`
  const began = Date.now()
  const child = spawn(binary, [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--remote-debugging-pipe', `--user-data-dir=${dataFolder}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, NATTER_TEST_MARK: mark }
  })
  const timer = setTimeout(() => { killMarked(mark) }, LIMIT)
  try {
    const devtools = new Devtools(child)
    const { page, at } = await whenUsable(devtools, child, usable)
    return { devtools, page, ms: at - began, mark, close: async () => close(devtools, child, mark) }
  } catch (error) {
    killMarked(mark)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Runs in the page at each frame until `usable` holds; the frame after it shows what the person then sees. */
const watcher = (usable: string): string => `(() => {
  if (globalThis.natterWatched) return
  globalThis.natterWatched = true
  const look = () => {
    if (!(${usable})) return requestAnimationFrame(look)
    requestAnimationFrame(() => setTimeout(() => natterUsable(String(performance.timeOrigin + performance.now()))))
  }
  look()
})()`

async function whenUsable (devtools: Devtools, child: ChildProcess, usable: string): Promise<{ readonly page: string, readonly at: number }> {
  const found = Promise.withResolvers<{ readonly page: string, readonly at: number }>()
  const source = watcher(usable)
  const hear = ({ method, params, session }: DevtoolsEvent): void => {
    if (method === 'Target.attachedToTarget' && (params['targetInfo'] as { readonly type: string }).type === 'page') watch(String(params['sessionId']))
    // A document that came between the steps of `watch` (1 start of 80, measured) is met here.
    if (method === 'Runtime.executionContextCreated' && session !== undefined) look(session)
    if (method === 'Runtime.bindingCalled' && session !== undefined) found.resolve({ page: session, at: Number(params['payload']) })
  }
  const look = (session: string): void => { devtools.send('Runtime.evaluate', { expression: source }, session).catch(() => undefined) }
  const watch = (session: string): void => {
    Promise.all([
      devtools.send('Runtime.addBinding', { name: 'natterUsable' }, session),
      devtools.send('Page.enable', {}, session),
      devtools.send('Page.addScriptToEvaluateOnNewDocument', { source }, session),
      devtools.send('Runtime.enable', {}, session)
    ]).catch(found.reject)
  }
  child.once('error', found.reject)
  child.once('exit', (code) => { found.reject(new Error(`the app ended with ${String(code)} before it was usable`)) })
  devtools.on('event', hear)
  devtools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }).catch(found.reject)
  try {
    return await found.promise
  } finally {
    devtools.off('event', hear)
  }
}

async function close (devtools: Devtools, child: ChildProcess, mark: string): Promise<void> {
  const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve()
  try {
    await devtools.send('Browser.close').catch(() => undefined)
    await gone
    await waitUntilGone(mark)
  } finally {
    killMarked(mark)
  }
}
