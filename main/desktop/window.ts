import { BrowserWindow } from 'electron'
import { APP_URL } from './app-scheme.ts'

/** What the window needs from the composition root. */
export interface WindowOptions {
  /** Absolute path of the built preload script. */
  readonly preload: string
  /** What the system's lists of windows call it. */
  readonly title: string
  /**
   * The person closes the window: true, and it is hidden instead, with all that
   * was typed in it. Not asked when the app ends.
   */
  readonly staysOnClose: () => boolean
}

/**
 * Opens the one window: sandboxed, isolated, without Node.
 * It is shown at its first paint, so that nobody sees an empty white frame.
 */
export function openWindow({ preload, title, staysOnClose }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    title,
    width: 1100,
    height: 760,
    minWidth: 380,
    minHeight: 420,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      // Chromium fetches its dictionaries from a company's server.
      spellcheck: false,
      // What was compiled of the page's script is kept from the first start on; by itself Chromium waits for a third one. 20 ms (measured).
      v8CacheOptions: 'bypassHeatCheck',
      // Peers' files are dropped on the composer; a drop elsewhere must not replace the page.
      navigateOnDragDrop: false
    }
  })
  window.once('ready-to-show', () => {
    window.show()
  })
  // The page's own title is the same for all profiles.
  window.on('page-title-updated', (event) => {
    event.preventDefault()
  })
  window.on('close', (event) => {
    if (!staysOnClose()) return
    event.preventDefault()
    window.hide()
  })
  window.loadURL(APP_URL).catch((error: unknown) => {
    console.error('natter: the page did not load:', error)
  })
  return window
}
