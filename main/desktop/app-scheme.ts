import { protocol } from 'electron'
import { answerPageRequest } from './page-files.ts'

/** Where the renderer lives. An origin of our own has none of file://'s rights over the disk. */
export const APP_SCHEME = 'app'
export const APP_ORIGIN = 'app://natter'
export const APP_URL = `${APP_ORIGIN}/index.html`

/**
 * Makes `app:` a standard, secure scheme, so that the page gets a real origin and module scripts load.
 * Electron takes this only before the app is ready.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    // codeCache: Chromium keeps what it compiled of the page's script (see window.ts).
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, codeCache: true } }
  ])
}

/**
 * Serves the built renderer at `app://natter/`; any other host gets 404.
 *
 * Not with `protocol.handle`: that loads Node's `fetch` first, 35 ms in which the window waits (measured).
 * @param folder absolute path of the built renderer
 * @param onAnswer called after each answer
 */
export function serveAppScheme(folder: string, onAnswer: () => void): void {
  // Deprecated for `handle`; what will take its place without that cost, `registerSource`, is experimental.
  protocol.registerBufferProtocol(APP_SCHEME, ({ method, url }, answer) => {
    const { host, pathname } = new URL(url)
    // Another host is answered as a path that names no file.
    void answerPageRequest(folder, method, host === new URL(APP_ORIGIN).host ? pathname : '').then(({ status, headers, body }) => {
      answer({ statusCode: status, headers: { ...headers }, data: body })
      onAnswer()
    })
  })
}
