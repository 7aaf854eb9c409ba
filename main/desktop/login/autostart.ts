import { access, constants, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { writeWhole } from '../../settings/files.ts'
import { readEntry, writeEntry, type AutostartEntry } from './desktop-entry.ts'

/** Whether an app is started at login, and a way to change it. */
export interface StartAtLogin {
  /** Reads it anew: the person may have changed it in the system's own settings. */
  readonly isOn: () => Promise<boolean>
  readonly set: (on: boolean) => Promise<void>
}

/**
 * Start at login on Linux: an entry in the folder that desktops read
 * (freedesktop.org's Autostart Specification). The file is the truth, nothing
 * else is kept: it counts as on where it starts what is there, with our arguments.
 *
 * @param file absolute path of the entry
 */
export function createAutostart (file: string, entry: AutostartEntry): StartAtLogin {
  return {
    isOn: async () => {
      const text = await readFile(file, 'utf8').catch(() => '')
      const [program, ...args] = readEntry(text) ?? []
      if (program === undefined || !isDeepStrictEqual(args, entry.exec.slice(1))) return false
      return access(program, constants.X_OK).then(() => true, () => false)
    },
    set: async (on) => {
      if (!on) {
        await rm(file, { force: true })
        return
      }
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await writeWhole(file, writeEntry(entry), 0o644)
    }
  }
}
