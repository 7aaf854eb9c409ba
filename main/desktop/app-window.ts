import { app, autoUpdater, type BrowserWindow } from 'electron'
import { openWindow, type WindowOptions } from './window.ts'

/** The app's one window. */
export interface AppWindow {
  /** From now on the window can be opened; it is, unless the app starts `hidden` and nobody asked for it meanwhile. */
  readonly start: (options: WindowOptions, hidden: boolean) => void
  /** The window, from its opening until it closes. */
  readonly current: () => BrowserWindow | undefined
  /** Shows the window before all others; opens it where there is none. May be called before `start`. */
  readonly bringToFront: () => void
  /** It is there to be seen, or about to be. */
  readonly isShown: () => boolean
  /** It is shown and has the keyboard. */
  readonly hasFocus: () => boolean
  readonly setTitle: (title: string) => void
  /** Tells from now on when nobody can see any more what the window showed: it was closed or hidden, or its page begins anew. */
  readonly onLeave: (listener: () => void) => void
}

/** Holds the window for those who push to it or bring it to the front. */
export function createAppWindow (): AppWindow {
  let options: WindowOptions | undefined
  let window: BrowserWindow | undefined
  let isWanted = false
  let isPainted = false
  let isEnding = false
  const leaving: (() => void)[] = []
  const left = (): void => { for (const tell of leaving) tell() }
  // Hidden windows would hold the end up.
  app.on('before-quit', () => { isEnding = true })
  // There an update closes all windows first, and says so before.
  if (process.platform === 'darwin') autoUpdater.on('before-quit-for-update', () => { isEnding = true })

  function open (): void {
    isWanted = true
    // A window that opens while the app ends would show nothing, and be gone in a moment.
    if (options === undefined || window !== undefined || isEnding) return
    const { staysOnClose } = options
    isPainted = false
    const opened = openWindow({ ...options, staysOnClose: () => !isEnding && staysOnClose() })
    window = opened
    opened.once('ready-to-show', () => { isPainted = true })
    opened.once('closed', () => {
      window = undefined
      left()
    })
    opened.on('hide', left)
    opened.webContents.on('did-navigate', left)
    opened.webContents.on('render-process-gone', left)
  }

  return {
    start: (given, hidden) => {
      options = given
      if (isWanted || !hidden) open()
    },
    current: () => window,
    bringToFront: () => {
      if (window === undefined) {
        open()
        return
      }
      // Nobody should see it empty: it shows itself with its first painting.
      if (!isPainted) return
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    isShown: () => window !== undefined && (!isPainted || window.isVisible()),
    hasFocus: () => window?.isFocused() === true && window.isVisible(),
    onLeave: (listener) => { leaving.push(listener) },
    setTitle: (title) => {
      if (options !== undefined) options = { ...options, title }
      if (window !== undefined && window.getTitle() !== title) window.setTitle(title)
    }
  }
}
