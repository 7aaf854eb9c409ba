import type { AsideReason } from './files.ts'

/** Something that the person should know about their settings. */
export interface SettingsNotice {
  readonly text: string
  /** Name of a copy of earlier settings that can be saved; see `SettingsService.readCopy`. */
  readonly copy?: string
}

/** `settings.json` could not be used. @param isAlone nothing private is kept elsewhere: it may have been in there */
export function plainAside (why: 'damaged' | 'newer', aside: string, isAlone: boolean): SettingsNotice {
  const [were, kept] = why === 'newer' ? ['were written by a newer Natter', 'They are'] : ['were damaged', 'They are']
  return isAlone
    ? { text: `Your settings ${were} and could not be read. ${kept} kept as ${aside}; Natter starts with its defaults, and your topics have to be joined again.`, copy: aside }
    : { text: `Some of your settings ${were} and could not be read: appearance, notifications, updates and proxy. ${kept} kept as ${aside}; Natter uses its defaults for them.`, copy: aside }
}

const WHY: Readonly<Record<AsideReason, string>> = {
  damaged: 'their file is damaged',
  newer: 'a newer Natter wrote their file',
  'other-key': 'their file belongs to another identity key, or is damaged'
}

/** `settings.sealed` could not be used. */
export function privateAside (why: AsideReason, aside: string): SettingsNotice {
  return { text: `Your saved topics, name, relays and blocked people could not be read: ${WHY[why]}. Natter kept it as ${aside} and starts without them. ${why === 'newer' ? 'Update Natter, then give the file its old name settings.sealed back.' : 'Join your topics again.'}` }
}

/** `settings.sealed` is not there, though it was. */
export const privateGone: SettingsNotice = { text: 'The file with your topics, name, relays and blocked people, settings.sealed, is gone. Natter starts without them. Quit Natter and put the file back from a backup, or join your topics again.' }

/** An older version wrote the plain file anew. */
export const usedByOlder: SettingsNotice = { text: 'An older version of Natter was used with this profile and saved settings without encryption. They were added to yours and encrypted. Check your topics and blocked people: what you removed there may be back.' }

/** Copies of earlier settings were in plain text until now. */
export function copiesSealed (names: readonly string[]): SettingsNotice {
  const newest = names.at(-1)
  const copies = names.length === 1 ? `A copy of earlier settings, ${String(newest)}, is` : `${names.length} copies of earlier settings are`
  return { text: `${copies} now encrypted with your identity key. You can save ${names.length === 1 ? 'it' : 'the newest'} as a readable file.`, ...(newest === undefined ? {} : { copy: newest }) }
}
