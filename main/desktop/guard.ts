import { app, session, type WebContents } from 'electron'
import { APP_ORIGIN } from './app-scheme.ts'

/**
 * Closes what a page could do besides showing itself, for every webContents and session there will ever be:
 * no navigation away from the app's own origin, no new windows, no webviews, no permissions, no devices, no
 * downloads, no WebRTC outside of a proxy. The page's own session also has no way to the network.
 *
 * Call it once the app is ready and before the first window.
 */
export function guardWebContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    guardOne(contents)
  })
  for (const guard of [denyPermissions, denyDevices, denyDownloads, denyDictionaries]) {
    guard(session.defaultSession)
    app.on('session-created', guard)
  }
  cutOff(session.defaultSession)
}

/** Keeps the page from having names looked up by links, which no content security policy covers. Before the app is ready. */
export function denyPrefetching(): void {
  app.commandLine.appendSwitch('blink-settings', 'dnsPrefetchingEnabled=false')
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
  // Without a listener Electron takes the first device that it finds.
  contents.on('select-bluetooth-device', (event, _devices, choose) => {
    event.preventDefault()
    choose('')
  })
  // No content security policy covers WebRTC, which would send UDP to any address. Without UDP it may still connect by TCP, through the session's proxy: see cutOff.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}

function denyPermissions(guarded: Electron.Session): void {
  guarded.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false)
  })
  guarded.setPermissionCheckHandler(() => false)
  guarded.setDevicePermissionHandler(() => false)
}

function denyDevices(guarded: Electron.Session): void {
  guarded.on('select-hid-device', (event, _details, choose) => {
    event.preventDefault()
    choose(null)
  })
  guarded.on('select-usb-device', (event, _details, choose) => {
    event.preventDefault()
    choose()
  })
  guarded.on('select-serial-port', (event, _ports, _contents, choose) => {
    event.preventDefault()
    choose('')
  })
}

/** Files leave through the dialogs of `files/` alone; updates and lists of relays are requests, and no downloads. */
function denyDownloads(guarded: Electron.Session): void {
  guarded.on('will-download', (event) => {
    event.preventDefault()
  })
}

/**
 * Trap: a window's `spellcheck: false` is not enough. Its session still asks a
 * company's server for a dictionary at each first start (seen on the wire).
 */
function denyDictionaries(guarded: Electron.Session): void {
  guarded.setSpellCheckerEnabled(false)
  guarded.setSpellCheckerLanguages([])
}

/**
 * Leads whatever the page would send to a port on this computer on which nothing may listen (RFC 863). The page's
 * files come by the `app:` scheme, which no proxy is asked about; what the main process fetches goes by sessions of
 * its own. A proxy also looks the names up, so that no name server hears of them.
 */
function cutOff(guarded: Electron.Session): void {
  guarded.setProxy({ mode: 'fixed_servers', proxyRules: 'socks5://127.0.0.1:9', proxyBypassRules: '<-loopback>' }).catch((error: unknown) => {
    console.error('natter: the page could not be cut off from the network:', error)
  })
}

/** Compares whole origins: `app://natter.example/` only starts like ours. */
export function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}` === APP_ORIGIN
}
