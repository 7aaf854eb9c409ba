import { app } from 'electron'
import { ownProgram } from '../own-program.ts'
import { restartWords } from './restart-words.ts'

/** Ends the app in the usual way and starts it again, in safe mode or out of it. */
export function relaunch (safeMode: boolean): void {
  app.relaunch({ args: restartWords(process.argv.slice(1), safeMode), execPath: ownProgram() })
  app.quit()
}
