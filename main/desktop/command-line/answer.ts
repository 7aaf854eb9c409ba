import { app } from 'electron'
import { writeSync } from 'node:fs'
import { basename } from 'node:path'
import { readCommandLine, type StartOptions } from './command-line.ts'
import { helpText } from './options.ts'

/**
 * Reads this process's command line, and answers it where it asks for words
 * alone: then the process ends here, without a display and before anything is
 * written. Wrong options end it with code 2.
 */
export function takeCommandLine (): StartOptions {
  const line = readCommandLine(process.argv.slice(1))
  if (line.kind === 'start') return line
  if (line.kind === 'wrong') say(2, `natter: ${line.message} --help shows what there is.\n`)
  else say(1, line.kind === 'help' ? helpText(app.isPackaged ? basename(process.execPath) : 'npm start --') : `${app.getName()} ${app.getVersion()}\n`)
  process.exit(line.kind === 'wrong' ? 2 : 0)
}

/** Whole before the process ends, which streams do not promise; a closed terminal is nobody's fault. */
function say (descriptor: 1 | 2, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch {
    // There is nobody to read it.
  }
}
