import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareFolder } from '../../settings/files.ts'
import { mergeOlder } from '../../settings/merge.ts'
import { DEFAULT_SETTINGS, readPlainFile, type StoredSettings } from '../../settings/schema.ts'
import type { SealingKey } from '../../settings/sealed.ts'
import { readSealed } from '../../settings/settings-files.ts'
import { createSettings, type SettingsPlace, type SettingsService } from '../../settings/settings.ts'

/**
 * Settings for a run in safe mode: the defaults, and once the key is open the
 * person's name, topics and blocked people where the files can be read. They
 * last as long as the process: the files stay as they are, also where they are damaged.
 *
 * @throws {SettingsError} `ERR_DATA_DIRECTORY` if the directory cannot be written: posts could not be read then either
 */
export async function openSafeSettings (folder: string): Promise<SettingsService> {
  await prepareFolder(folder)
  const nothing = (): undefined => undefined
  const place: SettingsPlace = {
    openPrivate: async (key) => {
      const { displayName, subscriptions, blocked } = await read(folder, key)
      return { settings: { ...DEFAULT_SETTINGS, displayName, subscriptions, blocked }, unsaved: { plain: false, private: false }, notice: undefined }
    },
    write: async (_stored, unsaved) => {
      Object.assign(unsaved, { plain: false, private: false })
      return Promise.resolve()
    },
    tidy: async () => Promise.resolve(nothing()),
    readCopy: async () => Promise.resolve(nothing())
  }
  return createSettings(DEFAULT_SETTINGS, place)
}

/** What both files have; an upgrade that was cut off leaves it in either. */
async function read (folder: string, key: SealingKey): Promise<StoredSettings> {
  const sealed = await readFile(join(folder, 'settings.sealed')).catch(() => undefined)
  const opened = sealed === undefined ? undefined : readSealed(key, sealed)
  const ours = opened?.kind === 'read' ? { ...DEFAULT_SETTINGS, ...opened.private } : DEFAULT_SETTINGS
  const plain = readPlainFile(await readFile(join(folder, 'settings.json'), 'utf8').catch(() => ''))
  return plain.kind === 'old' ? mergeOlder(ours, { ...DEFAULT_SETTINGS, ...plain.private }) : ours
}
