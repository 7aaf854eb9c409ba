import { mkdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CALLS } from '../../preload/contract/index.ts'
import { artifacts } from '../../resources/tools/paths.mjs'
import { launchApp, type LaunchedApp } from './support/app.ts'

describe('the window', () => {
  let launched: LaunchedApp

  beforeAll(async () => {
    launched = await launchApp()
  })
  afterAll(async () => {
    await launched.close()
  })

  it('opens with the title Natter from our own scheme', async () => {
    expect(await launched.page.title()).toBe('Natter')
    expect(launched.page.url()).toBe('app://natter/index.html')
    expect(await launched.app.evaluate(({ app }) => app.getName())).toBe('Natter')
  })

  it('keeps its data where --user-data-dir says', async () => {
    expect(await launched.app.evaluate(({ app }) => app.getPath('userData'))).toBe(launched.userDataDir)
  })

  it('isolates the page from Node and Electron', async () => {
    const seen = await launched.page.evaluate(() => ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis))
    expect(seen).toEqual([])
    const preferences = await launched.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { sandbox, contextIsolation, nodeIntegration, webviewTag } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration, webviewTag: webviewTag ?? false }
    })
    expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false })
  })

  it('has the settings that Electron\'s checklist asks for', async () => {
    const preferences = await launched.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const last = contents.getLastWebPreferences()
      const names = ['webSecurity', 'allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames', 'webviewTag', 'plugins', 'navigateOnDragDrop', 'spellcheck']
      return Object.fromEntries(names.map((name) => [name, last[name] || false]))
    })
    expect(preferences).toEqual({
      webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, enableBlinkFeatures: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false,
      webviewTag: false, plugins: false, navigateOnDragDrop: false, spellcheck: false
    })
  })

  it('makes no webview', async () => {
    const made = await launched.page.evaluate(() => {
      const view = Object.assign(document.createElement('webview'), { src: 'app://natter/index.html' })
      document.body.append(view)
      return [view.constructor.name, 'getURL' in view]
    })
    expect(made).toEqual(['HTMLElement', false])
    expect(await launched.app.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => contents.getType()))).toEqual(['window'])
  })

  it('gives the page the calls of the contract, and nothing else', async () => {
    expect(await launched.page.evaluate(() => Object.keys((globalThis as unknown as { readonly api: object }).api).sort())).toEqual([...Object.keys(CALLS), 'onPush'].sort())
    expect(await launched.page.evaluate(() => Object.values((globalThis as unknown as { readonly api: object }).api).every((value) => typeof value === 'function'))).toBe(true)
  })

  it('blocks eval, inline scripts, markup from strings and foreign fetches', async () => {
    const outcomes = await launched.page.evaluate(async () => {
      // Playwright's own evaluation bypasses the policy while it is synchronous.
      await new Promise((resolve) => setTimeout(resolve, 0))
      const attempt = async (name: string, act: () => unknown): Promise<string> => {
        try {
          await act()
          return `${name} worked`
        } catch (error) {
          return `${name}: ${(error as Error).name}`
        }
      }
      const inline = document.createElement('script')
      return [
        await attempt('eval', () => (0, eval)('1 + 1')),
        await attempt('Function', () => Reflect.construct(Function, ['return 1'])),
        await attempt('innerHTML', () => (document.createElement('div').innerHTML = '<b>x</b>')),
        await attempt('inline script', () => {
          inline.textContent = 'globalThis.ranInline = true'
        }),
        await attempt('fetch', () => fetch('https://example.com/')),
        await attempt('own fetch', () => fetch('/index.html')),
        'ranInline' in globalThis ? 'an inline script ran' : 'no inline script ran'
      ]
    })
    expect(outcomes).toEqual([
      'eval: EvalError',
      'Function: EvalError',
      'innerHTML: TypeError',
      'inline script: TypeError',
      'fetch: TypeError',
      'own fetch: TypeError',
      'no inline script ran'
    ])
  })

  it('serves nothing outside of the renderer', async () => {
    const statuses = await launched.app.evaluate(async ({ net }) => {
      const paths = ['/index.html', '/../package.json', '/%2e%2e/main/index.cjs', '/..%2fmain%2findex.cjs', '/%2f..%2fmain/index.cjs', '/%00', '/%zz', '/nothing.js']
      const urls = [...paths.map((path) => `app://natter${path}`), 'app://other/index.html']
      return Promise.all(urls.map(async (url) => (await net.fetch(url)).status))
    })
    expect(statuses).toEqual([200, 404, 404, 404, 404, 404, 404, 404, 404])
  })

  it('goes nowhere else and opens nothing', async () => {
    const opened = await launched.page.evaluate(() => window.open('https://example.com/') === null)
    expect(opened).toBe(true)
    await launched.page.evaluate(async () => {
      location.href = 'https://example.com/'
      await new Promise((resolve) => setTimeout(resolve, 300))
    })
    expect(launched.page.url()).toBe('app://natter/index.html')
    expect(launched.app.windows()).toHaveLength(1)
  })

  it('denies every permission', async () => {
    const answers = await launched.page.evaluate(async () => {
      const name = (error: unknown): string => (error as Error).name
      const geolocation = await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => {
            resolve('granted')
          },
          ({ code, PERMISSION_DENIED }) => {
            resolve(code === PERMISSION_DENIED ? 'denied' : code)
          }
        )
      })
      const camera = (await navigator.permissions.query({ name: 'camera' })).state
      const notification = await Notification.requestPermission()
      const clipboard = await navigator.clipboard.readText().then(() => 'granted', name)
      return { geolocation, camera, notification, clipboard }
    })
    expect(answers).toEqual({ geolocation: 'denied', camera: 'denied', notification: 'denied', clipboard: 'NotAllowedError' })
  })

  it('can be photographed', async () => {
    mkdirSync(artifacts, { recursive: true })
    const path = join(artifacts, 'window.png')
    await launched.page.screenshot({ path })
    expect(statSync(path).size).toBeGreaterThan(1000)
  })
})

describe.runIf(process.platform === 'linux')('as an ordinary user', () => {
  it("runs inside Chromium's sandbox", async () => {
    const { app, page, close } = await launchApp({ sandbox: true })
    try {
      expect(await page.title()).toBe('Natter')
      const { argv, uid, pid, renderer } = await app.evaluate(({ BrowserWindow }) => ({
        argv: process.argv,
        uid: process.getuid?.(),
        pid: process.pid,
        renderer: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0
      }))
      expect(argv).not.toContain('--no-sandbox')
      expect(uid).not.toBe(0)
      // 2: system calls go through a filter.
      expect(readFileSync(`/proc/${String(renderer)}/status`, 'utf8')).toMatch(/^Seccomp:\s2$/m)
      const namespaceOf = (process: number): string => readlinkSync(`/proc/${String(process)}/ns/pid`)
      expect(namespaceOf(renderer)).not.toBe(namespaceOf(pid))
    } finally {
      await close()
    }
  })
})
