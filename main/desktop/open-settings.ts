import { openSettings, createSettings, type SettingsService } from '../settings/settings.ts'
import { sentenceOf } from './errors.ts'
import { openSafeSettings } from './safe-mode/safe-settings.ts'
import type { Notices } from './notices.ts'
import type { Pushes } from './push.ts'

/**
 * Settings for this run, whatever state the data directory is in: where it
 * cannot be used, `failure` says why and the settings last as long as the process.
 * In safe mode they do so too, and the file is not touched.
 */
export async function openSettingsOrFail (folder: string, { notices, pushes, safeMode = false }: { readonly notices: Notices, readonly pushes: Pick<Pushes, 'push'>, readonly safeMode?: boolean }): Promise<{ readonly settings: SettingsService, readonly failure: string | undefined }> {
  const { settings, notice, failure } = await (safeMode ? openSafeSettings(folder).then((safe) => ({ settings: safe })) : openSettings(folder)).then(
    (opened) => ({ notice: undefined, ...opened, failure: undefined }),
    (error: unknown) => ({ settings: createSettings(), notice: undefined, failure: sentenceOf(error) })
  )
  if (notice !== undefined) notices.add('settings', 'warning', notice.text, ...(notice.copy === undefined ? [] : [{ kind: 'export-aside', name: notice.copy } as const]))
  settings.on('settings:change', (value) => { pushes.push('settings:change', value) })
  settings.on('save:fail', (error) => { notices.add('save', 'warning', error.message) })
  return { settings, failure }
}
