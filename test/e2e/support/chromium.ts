import { spawnSync } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from '@playwright/test'
import { answerPageRequest } from '../../../main/desktop/page-files.ts'
import { root } from '../../../resources/tools/paths.mjs'

/** How to open the built renderer in a current Chromium. */
export interface ChromiumOptions<Argument> {
  /** Run in the page before any of its scripts, one after the other; the last sets `window.api` in place of the preload script. */
  readonly bridges: readonly ((argument: Argument) => void)[]
  /** Handed to each of `bridges`; must survive JSON. */
  readonly argument: Argument
  /** Size, colour scheme, locale and the like. */
  readonly context?: BrowserContextOptions
}

/** The renderer in a browser. */
export interface ChromiumPage {
  readonly page: Page
  /** Errors and policy violations that the page reported so far; a sound page has none. */
  readonly complaints: readonly string[]
  readonly close: () => Promise<void>
}

/** What the tests of one file have in common: starting them takes longer than most tests. */
interface Shared { readonly browser: Browser, readonly url: string, readonly close: () => Promise<void> }
let shared: Promise<Shared> | undefined

/** Serves dist/renderer with the policy that app:// has, to the system's Chromium. */
async function share (): Promise<Shared> {
  const server = createServer((request, response) => {
    void serve(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const isRoot = process.getuid?.() === 0
  const browser = await chromium.launch({ executablePath: findChromium(), chromiumSandbox: !isRoot })
  return {
    browser,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/index.html`,
    close: async () => {
      await browser.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** Opens the window in a context of its own, that shares nothing with any other. */
export async function openInChromium<Argument>(options: ChromiumOptions<Argument>): Promise<ChromiumPage> {
  shared ??= share()
  const { browser, url } = await shared
  const context = await browser.newContext(options.context)
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    for (const bridge of options.bridges) await page.addInitScript(bridge as (argument: unknown) => void, options.argument)
    await page.goto(url)
    return { page, complaints, close: async () => context.close() }
  } catch (error) {
    await context.close()
    throw error
  }
}

/** Ends the browser, if one was started. */
export async function closeChromium (): Promise<void> {
  const ending = shared
  shared = undefined
  await (await ending)?.close()
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const answer = await answerPageRequest(join(root, 'dist/renderer'), request.method ?? '', pathname)
  response.writeHead(answer.status, answer.headers)
  response.end(answer.body)
}

/** The Chromium of this machine: `CHROMIUM_PATH`, else what the PATH has. */
export function findChromium(): string {
  const named = process.env['CHROMIUM_PATH']
  const candidates = named === undefined ? ['chromium', 'chromium-browser', 'google-chrome'] : [named]
  const found = candidates.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
  if (found === undefined) throw new Error('there is no Chromium here: run resources/tools/install-system.sh --with-chromium.')
  return found.includes('/') ? found : spawnSync('which', [found], { encoding: 'utf8' }).stdout.trim()
}
