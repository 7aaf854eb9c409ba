import { findLink } from '../deep-link.ts'
import { nearest } from './nearest.ts'
import { isProfileName, OPTIONS, type Option } from './options.ts'

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** `message`: a sentence for the terminal. Nothing is opened, nothing is written. */
  | { readonly kind: 'wrong', readonly message: string }
  | ({ readonly kind: 'start' } & StartOptions)

/** How the app is to start. */
export interface StartOptions {
  /** Name of the profile; undefined: the one without a name. */
  readonly profile: string | undefined
  readonly safeMode: boolean
  /** Without a window. */
  readonly hidden: boolean
  /** An invite to show. */
  readonly link: string | undefined
}

/**
 * Reads the words of a command line as this process was given them, its own
 * path left out. Not those of another copy: Chromium changes their order.
 *
 * Switches of Chromium, Electron and Node pass, and there are over a thousand;
 * so an option counts as a slip only where it looks like one of ours. Links
 * come from other programs, and whoever made one must not be able to bring
 * options along: what stands behind `--` is never an option, and a line with
 * an option behind a link is refused as a whole, since Chromium has read it already.
 */
export function readCommandLine (words: readonly string[]): CommandLine {
  const end = words.indexOf('--')
  const before = end === -1 ? words : words.slice(0, end)
  const at = before.findIndex((word) => findLink([word]) !== undefined)
  if (at !== -1 && before.slice(at).some(isOption)) return wrong('Options come before the link. Natter did not start, since the link may have brought them.')

  const found = new Map<Option['name'], string>()
  for (let index = 0; index < before.length; index++) {
    const word = before[index] ?? ''
    if (word === '-h') return { kind: 'help' }
    if (!word.startsWith('--')) continue
    const [name = '', value] = splitOption(word)
    const option = OPTIONS.find((own) => own.name === name)
    if (option === undefined) {
      const meant = nearest(name, OPTIONS.map((own) => own.name))
      if (meant !== undefined) return wrong(`There is no option --${name}. Did you mean --${meant}?`)
      continue
    }
    if (found.has(option.name)) return wrong(`--${name} was given twice.`)
    const read = readValue(option, value, before[index + 1])
    if (typeof read !== 'string') return read
    found.set(option.name, read)
  }

  if (found.has('help')) return { kind: 'help' }
  if (found.has('version')) return { kind: 'version' }
  return { kind: 'start', profile: found.get('profile'), safeMode: found.has('safe-mode'), hidden: found.has('hidden'), link: findLink(words) }
}

function readValue (option: Option, value: string | undefined, next: string | undefined): string | CommandLine {
  switch (option.name) {
    case 'user-data-dir':
      // Chromium takes the value in this form alone, and goes to the default folder without a word for any other.
      return value === undefined || value === '' ? wrong('Write the folder right behind the option: --user-data-dir=FOLDER.') : value
    case 'profile': {
      const name = value ?? (next === undefined || isOption(next) ? '' : next)
      return isProfileName(name) ? name : wrong('A profile is called by 1 to 32 letters, digits, - and _, and not like a device of Windows: --profile=NAME.')
    }
    default:
      return value === undefined ? '' : wrong(`--${option.name} takes no value.`)
  }
}

function splitOption (word: string): readonly [string, string?] {
  const at = word.indexOf('=')
  return at === -1 ? [word.slice(2)] : [word.slice(2, at), word.slice(at + 1)]
}

function isOption (word: string): boolean {
  return word.startsWith('-') && word !== '-'
}

function wrong (message: string): CommandLine {
  return { kind: 'wrong', message }
}
