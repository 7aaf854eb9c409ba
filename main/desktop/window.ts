import { BrowserWindow } from 'electron'
import { APP_URL } from './app-scheme.ts'

/** What the window needs from the composition root. */
export interface WindowOptions {
  /** Absolute path of the built preload script. */
  readonly preload: string
  /** Shown as soon as it has painted, unless the app starts hidden in the tray. @default true */
  readonly show?: boolean
}

/**
 * Opens the one window: sandboxed, isolated, without Node.
 * It is shown at its first paint, so that nobody sees an empty white frame.
 */
export function openWindow({ preload, show = true }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Natter',
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
      // Peers' files are dropped on the composer; a drop elsewhere must not replace the page.
      navigateOnDragDrop: false
    }
  })
  if (show) {
    window.once('ready-to-show', () => {
      window.show()
    })
  }
  window.loadURL(APP_URL).catch((error: unknown) => {
    console.error('natter: the page did not load:', error)
  })
  return window
}
