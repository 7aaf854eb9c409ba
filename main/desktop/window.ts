import { BrowserWindow, screen } from 'electron'
import { APP_URL } from './app-scheme.ts'
import { offerTextMenus } from './menu/pop-up.ts'
import { openingOf, WINDOW_SIZE, type WindowPlace } from './window-place.ts'

/** Milliseconds without a change after which the window's place is kept. */
const PLACE_RESTS = 500

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
  /** Where it was last; undefined where nobody knows. */
  readonly place: () => WindowPlace | undefined
  /** Where it is from now on. */
  readonly onPlace: (place: WindowPlace) => void
}

/**
 * Opens the one window: sandboxed, isolated, without Node.
 * It is shown at its first paint, so that nobody sees an empty white frame.
 */
export function openWindow ({ preload, title, staysOnClose, place, onPlace }: WindowOptions): BrowserWindow {
  const primary = screen.getPrimaryDisplay()
  const displays = [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)].map(({ workArea }) => workArea)
  const { bounds, maximized } = openingOf(place(), displays)
  const window = new BrowserWindow({
    title,
    ...bounds,
    minWidth: WINDOW_SIZE.minWidth,
    minHeight: WINDOW_SIZE.minHeight,
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
    if (maximized) window.maximize()
    window.show()
  })
  followPlace(window, onPlace)
  offerTextMenus(window)
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

/** Tells where the window is whenever that has rested, and once more before it is gone. */
function followPlace (window: BrowserWindow, onPlace: (place: WindowPlace) => void): void {
  let timer: NodeJS.Timeout | undefined
  function tell (): void {
    clearTimeout(timer)
    timer = undefined
    // What it goes back to: a window that is maximized, minimized or on the whole screen keeps its own size.
    if (!window.isDestroyed()) onPlace({ ...window.getNormalBounds(), maximized: window.isMaximized() })
  }
  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(tell, PLACE_RESTS)
  }
  window.on('resize', later)
  window.on('move', later)
  window.on('maximize', later)
  window.on('unmaximize', later)
  window.on('close', tell)
  window.once('closed', () => { clearTimeout(timer) })
}
