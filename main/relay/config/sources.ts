import { parseArgs } from 'node:util'
import { about } from './schemas.ts'
import { entries, variableOf, type Key, type KeyName } from './keys.ts'
import { suggest } from './suggest.ts'
import type { Raw } from './types.ts'

/** What one of the sources says: a key's value, or for a list each of its values. */
export type Said = ReadonlyMap<KeyName, readonly Raw[]>

/** A source that was read: what it says, and what in it is none of ours. */
export interface Source {
  readonly said: Said
  readonly problems: readonly string[]
}

/** What a start is for. */
export const MODES = ['help', 'check', 'health-check'] as const
export type Mode = typeof MODES[number] | 'run'

type Token =
  | { readonly kind: 'option', readonly name: string, readonly rawName: string, readonly value?: string | undefined, readonly inlineValue?: boolean | undefined }
  | { readonly kind: 'positional', readonly value: string }
  | { readonly kind: 'option-terminator' }

const PREFIX = 'NATTER_RELAY_'
const FILE_VARIABLE = `${PREFIX}CONFIG`

/** The command line. */
export function readFlags (args: readonly string[]): Source & { readonly mode: Mode, readonly file: string | undefined } {
  const byFlag = new Map(entries().map(([name, key]) => [key.flag, { name, key }]))
  const said = new Map<KeyName, Raw[]>()
  const problems: string[] = []
  let mode: Mode = 'run'
  let file: string | undefined
  for (const token of tokens(args, byFlag.values())) {
    if (token.kind !== 'option') {
      if (token.kind === 'positional') problems.push(`${about(token.value, 'is no flag: they begin with --.')} --help lists them.`)
      continue
    }
    const origin = token.rawName
    const found = byFlag.get(token.name)
    const asked = MODES.find((one) => one === token.name)
    if (asked !== undefined && token.value === undefined) {
      // Whoever asks for help gets it, whatever else was asked for.
      mode = mode === 'help' ? mode : asked
    } else if (found?.key.argument === undefined && token.name !== 'config') {
      if (found === undefined && asked === undefined) problems.push(unknown(origin, [...byFlag.keys(), ...MODES, 'config'].map((flag) => `--${flag}`), '--help lists the flags.'))
      else if (token.value !== undefined) problems.push(`${origin}: takes no value.`)
      else if (found !== undefined) add(said, found.name, found.key, { value: found.key.negative !== true, origin })
    } else if (token.value === undefined || (token.inlineValue !== true && token.value.startsWith('-'))) {
      problems.push(`${origin}: there is no value behind it.`)
    } else if (token.name === 'config') {
      file = token.value
    } else if (found !== undefined) {
      add(said, found.name, found.key, { value: typed(found.key, token.value), origin })
    }
  }
  return { said, problems, mode, file }
}

/** The environment. A variable that is empty counts as not set, as containers pass them. */
export function readEnvironment (environment: NodeJS.ProcessEnv): Source & { readonly file: string | undefined } {
  const byVariable = new Map(entries().map(([name, key]) => [variableOf(key), { name, key }]))
  const said = new Map<KeyName, Raw[]>()
  const problems: string[] = []
  for (const [variable, text = ''] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === '' || variable === FILE_VARIABLE) continue
    const found = byVariable.get(variable)
    if (found === undefined) {
      problems.push(unknown(variable, [...byVariable.keys(), FILE_VARIABLE], 'Nothing is called so.'))
      continue
    }
    for (const one of found.key.list === true ? text.split(/[\s,]+/u).filter((part) => part !== '') : [text]) {
      add(said, found.name, found.key, { value: typed(found.key, one), origin: variable })
    }
  }
  const file = environment[FILE_VARIABLE]
  return { said, problems, file: file === '' ? undefined : file }
}

/** What stands for a name that nobody knows. */
export function unknown (name: string, names: Iterable<string>, otherwise: string): string {
  const near = suggest(name, names)
  return `${name}: there is no such thing. ${near === undefined ? otherwise : `Is it ${near}?`}`
}

function tokens (args: readonly string[], keys: Iterable<{ readonly key: Key }>): readonly Token[] {
  const options: Record<string, { type: 'string' | 'boolean', short?: string }> = { config: { type: 'string' } }
  for (const mode of MODES) options[mode] = { type: 'boolean' }
  options['help'] = { type: 'boolean', short: 'h' }
  for (const { key } of keys) options[key.flag] = { type: key.argument === undefined ? 'boolean' : 'string' }
  return parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens
}

/** The last of several flags counts, where only one can. */
function add (said: Map<KeyName, Raw[]>, name: KeyName, key: Key, raw: Raw): void {
  said.set(name, [...key.list === true ? said.get(name) ?? [] : [], raw])
}

/** Text as what the key's schema takes: the file has numbers and truth, flags and environment have text. */
function typed (key: Key, text: string): unknown {
  if (key.argument === undefined) {
    return { true: true, 1: true, yes: true, on: true, false: false, 0: false, no: false, off: false }[text.toLowerCase()] ?? text
  }
  return key.argument === 'N' && /^\d{1,15}$/u.test(text) ? Number(text) : text
}
