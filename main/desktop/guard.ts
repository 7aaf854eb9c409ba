import { app, session, type WebContents } from 'electron'
import { APP_ORIGIN } from './app-scheme.ts'

/**
 * Closes what a page could do besides showing itself, for every webContents there will ever be:
 * no navigation away from the app's own origin, no new windows, no webviews, no permissions.
 *
 * Call it once the app is ready and before the first window.
 */
export function guardWebContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    guardOne(contents)
  })
  for (const guard of [denyPermissions, denyDictionaries]) {
    guard(session.defaultSession)
    app.on('session-created', guard)
  }
}

function guardOne(contents: WebContents): void {
  const stayHome = (event: Electron.Event, url: string): void => {
    if (!isAppUrl(url)) event.preventDefault()
  }
  contents.on('will-navigate', (event) => {
    stayHome(event, event.url)
  })
  contents.on('will-frame-navigate', (event) => {
    stayHome(event, event.url)
  })
  contents.on('will-redirect', (event) => {
    stayHome(event, event.url)
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

function denyPermissions(guarded: Electron.Session): void {
  guarded.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false)
  })
  guarded.setPermissionCheckHandler(() => false)
  guarded.setDevicePermissionHandler(() => false)
}

/**
 * Trap: a window's `spellcheck: false` is not enough. Its session still asks a
 * company's server for a dictionary at each first start (seen on the wire).
 */
function denyDictionaries(guarded: Electron.Session): void {
  guarded.setSpellCheckerEnabled(false)
  guarded.setSpellCheckerLanguages([])
}

/** Compares whole origins: `app://natter.example/` only starts like ours. */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}` === APP_ORIGIN
}
