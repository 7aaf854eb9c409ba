import type { SettingsService } from '../settings/settings.ts'
import type { SettingsNotice } from '../settings/words.ts'
import { sentenceOf } from './errors.ts'
import type { Notices } from './notices.ts'

/** Opens what is private in the settings, and says what the person should know of it. */
export interface SettingsKeeper {
  /**
   * Opens them with the identity key.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY`
   */
  readonly open: (key: { readonly raw: Uint8Array }) => Promise<void>
  /** Resolves when nobody is opening them. Never rejects. */
  readonly whenOpen: () => Promise<void>
  /** Finishes what an upgrade left to do; after the start. Never rejects. */
  readonly tidy: () => Promise<void>
}

export function createSettingsKeeper ({ settings, notices }: { readonly settings: Pick<SettingsService, 'unlock' | 'tidy'>, readonly notices: Pick<Notices, 'add'> }): SettingsKeeper {
  let opening: Promise<void> = Promise.resolve()

  function say (id: string, notice: SettingsNotice | undefined): void {
    if (notice === undefined) return
    notices.add(id, 'warning', notice.text, ...(notice.copy === undefined ? [] : [{ kind: 'export-aside', name: notice.copy } as const]))
  }

  return {
    open: async (key) => {
      const opened = settings.unlock(key).then((notice) => { say('private-settings', notice) })
      opening = opened.catch(() => {})
      return opened
    },
    whenOpen: async () => opening,
    tidy: async () => {
      try {
        say('settings-copies', await settings.tidy())
      } catch (error) {
        notices.add('save', 'warning', sentenceOf(error))
      }
    }
  }
}
