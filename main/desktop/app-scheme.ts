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
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true } }
  ])
}

/**
 * Serves the built renderer at `app://natter/`; any other host gets 404.
 * @param folder absolute path of the built renderer
 */
export function serveAppScheme(folder: string): void {
  protocol.handle(APP_SCHEME, (request) => {
    const url = new URL(request.url)
    // Another host is answered as a path that names no file.
    return answerPageRequest(folder, request.method, url.host === new URL(APP_ORIGIN).host ? url.pathname : '')
  })
}
