import { readFileSync, statSync } from 'node:fs'
import { parseTOML, ParseError, type AST } from 'toml-eslint-parser'
import { ConfigError } from './config-error.ts'
import { entries, type KeyName } from './keys.ts'
import { about } from './schemas.ts'
import { unknown, type Source } from './sources.ts'
import type { Raw } from './types.ts'

/** Bytes that the file may have: an allow-list of 10,000 peers has half of it. */
const MAX_BYTES = 1_048_576

/**
 * A configuration file: what it says, each with the line on which it stands.
 *
 * @throws {ConfigError} if it cannot be read, or is no TOML
 */
export function readFile (path: string): Source {
  const byPath = new Map(entries().map(([name, key]) => [key.path, { name, key }]))
  const sections = new Set([...byPath.keys()].filter((key) => key.includes('.')).map((key) => key.split('.')[0] ?? ''))
  const said = new Map<KeyName, readonly Raw[]>()
  const problems: string[] = []

  const take = ({ key, value }: AST.TOMLKeyValue, above: readonly string[]): void => {
    const names = [...above, ...namesOf(key)]
    const name = names.join('.')
    if (value.type === 'TOMLInlineTable' && sections.has(name)) {
      for (const inner of value.body) take(inner, names)
      return
    }
    const found = byPath.get(name)
    const origin = `${path}, line ${key.loc.start.line}`
    if (found === undefined) {
      problems.push(`${origin}: ${unknown(name, byPath.keys(), 'The documentation lists what there is.')}`)
    } else if (found.key.list === true && value.type === 'TOMLArray') {
      said.set(found.name, value.elements.map((element) => asRaw(element, path)))
    } else if (found.key.list === true && valueOf(value) !== undefined) {
      problems.push(`${origin}: ${about(valueOf(value), `is no list: ${name} has brackets around its values, as in [${JSON.stringify(valueOf(value))}].`)}`)
    } else {
      said.set(found.name, [{ ...asRaw(value, path), origin }])
    }
  }

  for (const node of parse(path).body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      take(node, [])
      continue
    }
    const section = namesOf(node.key)
    if (node.kind === 'array' || !sections.has(section.join('.'))) {
      problems.push(`${path}, line ${node.loc.start.line}: ${unknown(`[${section.join('.')}]`, [...sections].map((one) => `[${one}]`), `The sections are ${[...sections].map((one) => `[${one}]`).join(', ')}.`)}`)
      continue
    }
    for (const inner of node.body) take(inner, section)
  }
  return { said, problems }
}

function parse (path: string): AST.TOMLProgram {
  const text = read(path)
  try {
    return parseTOML(text, { tomlVersion: '1.0' })
  } catch (error) {
    if (!(error instanceof ParseError)) {
      throw error
    }
    throw new ConfigError(`${path}, line ${error.lineNumber}: This is no TOML, at column ${error.column + 1}: ${error.message}.`, { cause: error })
  }
}

function read (path: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) {
      throw new ConfigError(`${path}: The file has more than ${MAX_BYTES.toLocaleString('en-US')} bytes.`)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof ConfigError) {
      throw error
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const why = ({ ENOENT: 'There is no such file.', EACCES: 'The file may not be read.', EISDIR: 'This is a directory.', ERR_ENCODING_INVALID_ENCODED_DATA: 'This is no UTF-8 text.' })[code]
    throw new ConfigError(`${path}: ${why ?? `The file cannot be read (${code}).`}`, { cause: error })
  }
}

function namesOf ({ keys }: AST.TOMLKey): string[] {
  return keys.map((key) => key.type === 'TOMLBare' ? key.name : key.value)
}

function asRaw (node: AST.TOMLContentNode, path: string): Raw {
  return { value: valueOf(node) ?? (node.type === 'TOMLArray' ? ['…'] : {}), origin: `${path}, line ${node.loc.start.line}` }
}

/** Undefined: it is a list or a table. */
function valueOf (node: AST.TOMLContentNode): unknown {
  return node.type === 'TOMLValue' ? node.value : undefined
}
