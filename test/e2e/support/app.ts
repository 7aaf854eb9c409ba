import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { environmentFor, findElectron } from '../../../resources/tools/electron.mjs'
import { root } from '../../../resources/tools/paths.mjs'
import { asOrdinaryUser } from './ordinary-user.ts'
import { killMarked, waitUntilGone } from './processes.ts'

/** How to launch the app. */
export interface LaunchOptions {
  /** Kept after close() when given, so that a test can launch the same person again. @default a temporary folder */
  readonly userDataDir?: string
  /** More of the command line. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Chromium's own sandbox; for root the app then runs as an ordinary user. @default false for root, else true */
  readonly sandbox?: boolean
  /** Folder of the app, or of its copy. @default the checkout */
  readonly appDir?: string
  /** A packaged app's executable, of `makeSteerable`, in place of the runtime and the folder. Not with `sandbox` for root. */
  readonly binary?: string
}

/** An app that runs, and the way to end it. */
export interface LaunchedApp {
  readonly app: ElectronApplication
  readonly page: Page
  readonly userDataDir: string
  /** What the app wrote to its terminal so far. */
  readonly output: () => string
  /** Ends the app as a person would, and fails if any of its processes outlives it. */
  readonly close: () => Promise<void>
}

const closeLimitMs = 15_000
const launchLimitMs = 40_000
const tooLate = `Playwright was not attached to the app within ${String(launchLimitMs / 1000)} s`
const isRoot = process.getuid?.() === 0

/** Launches the built app in the Electron that `npm start` would take, and waits for its first window's page. */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const { args = [], env = {}, sandbox = !isRoot } = options
  const runtime = await findElectron()
  const mark = `natter-test-${randomUUID()}`
  const scratch = mkdtempSync(join(tmpdir(), 'natter-e2e-'))
  const userDataDir = options.userDataDir ?? join(scratch, 'data')
  const { binary, appDir, env: placeEnv } =
    sandbox && isRoot
      ? asOrdinaryUser(runtime.dist, options.appDir ?? root, scratch)
      : { binary: options.binary ?? runtime.binary, appDir: options.appDir ?? root, env: {} }
  const isPackaged = options.binary !== undefined
  const hold = join(scratch, 'hold-ready.cjs')
  copyFileSync(join(root, 'test/e2e/support/hold-ready.cjs'), hold)
  const folder = isPackaged ? [] : ['-r', hold, appDir]

  const cleanUp = (): void => {
    killMarked(mark)
    rmSync(scratch, { recursive: true, force: true })
  }
  let output = ''
  try {
    const launching = _electron.launch({
      executablePath: binary,
      chromiumSandbox: sandbox,
      args: [...folder, `--user-data-dir=${userDataDir}`, '--disable-gpu', ...args],
      env: { ...stringsOf(process.env), ...environmentFor(runtime), ...placeEnv, ...env, NATTER_TEST_MARK: mark }
    })
    const app = askedAgain(await withLimit(launching, launchLimitMs, tooLate))
    const keep = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    app.process().stdout?.on('data', keep)
    app.process().stderr?.on('data', keep)
    const page = await app.firstWindow()
    await page.waitForLoadState('load')
    const close = async (): Promise<void> => {
      try {
        await withLimit(app.close(), closeLimitMs, `the app did not close within ${String(closeLimitMs / 1000)} s; it wrote:\n${output}`)
        await waitUntilGone(mark)
      } finally {
        cleanUp()
      }
    }
    return { app, page, userDataDir, output: () => output, close }
  } catch (error) {
    cleanUp()
    throw new Error(`the app did not open its window: ${String(error)}\nIt wrote:\n${output}`, { cause: error })
  }
}

/**
 * Has `evaluate` ask once more where V8 collected the answer before it was read, as it may while the main process is
 * busy (microsoft/playwright#33737; 115 of 3,000 beside an app that does nothing but allocate). So what tests run in
 * the main process must bear to be run twice.
 */
function askedAgain(app: ElectronApplication): ElectronApplication {
  const ask = app.evaluate.bind(app)
  const isLost = (error: unknown): boolean => error instanceof Error && error.message.includes('promise was garbage collected')
  app.evaluate = async (...asked: Parameters<typeof ask>) => {
    for (let times = 1; ; times++) {
      try {
        return await ask(...asked)
      } catch (error) {
        if (times === 5 || !isLost(error)) throw error
      }
    }
  }
  return app
}

function stringsOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

async function withLimit<T>(work: Promise<T>, limitMs: number, message: string): Promise<T> {
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    limit.reject(new Error(message))
  }, limitMs)
  try {
    return await Promise.race([work, limit.promise])
  } finally {
    clearTimeout(timer)
  }
}
