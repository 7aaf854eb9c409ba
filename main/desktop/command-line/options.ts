const PROFILE_NAME = /^[\w-]{1,32}$/u
/** Devices on Windows, in any folder. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/iu

/** Whether a profile may be called so: it names a folder, on every system. */
export function isProfileName (name: string): boolean {
  return PROFILE_NAME.test(name) && !DEVICE.test(name)
}

/** An option of Natter's own. */
export interface Option {
  readonly name: 'help' | 'version' | 'profile' | 'safe-mode' | 'hidden' | 'user-data-dir'
  /** How its value is called in the help; options without one take none. */
  readonly value?: string
  readonly text: string
}

/** Natter's options, in the order in which the help shows them. */
export const OPTIONS: readonly Option[] = [
  { name: 'profile', value: 'NAME', text: 'Be another person: with an identity, topics and settings of its own. 1 to 32 letters, digits, - and _.' },
  { name: 'hidden', text: 'Start without a window; the tray, a link or a second start opens it.' },
  { name: 'safe-mode', text: 'Start without the network and with default settings, where something is broken.' },
  { name: 'user-data-dir', value: 'FOLDER', text: 'Keep everything in another folder.' },
  { name: 'help', text: 'Say this and end.' },
  { name: 'version', text: 'Say the version and end.' }
]

/** Columns of the help's first part. */
const COLUMN = 26

/** What `--help` says. @param name how the program is called */
export function helpText (name: string): string {
  return [
    `Usage: ${name} [OPTIONS] [--] [LINK]`,
    '',
    'LINK is an invite: natter://join#…',
    '',
    ...OPTIONS.map(({ name: option, value, text }) => `  ${`--${option}${value === undefined ? '' : `=${value}`}`.padEnd(COLUMN - 2)}${text}`),
    '',
    'Options come before the link. All other options are Chromium\'s and Electron\'s.',
    ''
  ].join('\n')
}
