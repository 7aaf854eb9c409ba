import type { BrowserWindow } from 'electron'
import { openWindow, type WindowOptions } from './window.ts'

/** The app's one window. */
export interface AppWindow {
  readonly open: (options: WindowOptions) => void
  /** The window, from its opening until it closes. */
  readonly current: () => BrowserWindow | undefined
  /** Shows the window before all others, if it is there. */
  readonly bringToFront: () => void
}

/** Holds the window for those who push to it or bring it to the front. */
export function createAppWindow (): AppWindow {
  let window: BrowserWindow | undefined
  return {
    open: (options) => {
      window = openWindow(options)
      window.once('closed', () => { window = undefined })
    },
    current: () => window,
    bringToFront: () => {
      if (window === undefined) return
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    }
  }
}
