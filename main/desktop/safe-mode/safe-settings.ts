import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareFolder } from '../../settings/files.ts'
import { DEFAULT_SETTINGS, readSettings } from '../../settings/schema.ts'
import { createSettings, type SettingsService } from '../../settings/settings.ts'

/**
 * Settings for a run in safe mode: the defaults, with the person's name, topics
 * and blocked people where the file can be read. They last as long as the
 * process: the file stays as it is, also where it is damaged.
 *
 * @throws {SettingsError} `ERR_DATA_DIRECTORY` if the directory cannot be written: posts could not be read then either
 */
export async function openSafeSettings (folder: string): Promise<SettingsService> {
  await prepareFolder(folder)
  const text = await readFile(join(folder, 'settings.json'), 'utf8').catch(() => '')
  const read = readSettings(text)
  if (read.kind !== 'read') return createSettings()
  const { displayName, subscriptions, blocked } = read.stored
  return createSettings({ ...DEFAULT_SETTINGS, displayName, subscriptions, blocked })
}
