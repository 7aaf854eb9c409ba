import { app } from 'electron'
import { restartWords } from './restart-words.ts'

/**
 * Ends the app in the usual way and starts it again, in safe mode or out of it.
 * An AppImage runs from a mount of its own that ends with it, so its file is started.
 */
export function relaunch (safeMode: boolean): void {
  const appImage = process.env['APPIMAGE']
  app.relaunch({ args: restartWords(process.argv.slice(1), safeMode), ...(appImage === undefined ? {} : { execPath: appImage }) })
  app.quit()
}
