/** Frames of a stack that are kept. */
const MAX_FRAMES = 20
/** Causes behind an error that are named. */
const MAX_CAUSES = 3

/**
 * An error without its message: name, code and where it was thrown, one line
 * each. Messages are left out whole, because they carry what somebody else
 * wrote: validators, parsers and the network quote what they choke on.
 */
export function errorWords (error: unknown): readonly string[] {
  const lines: string[] = []
  let current = error
  for (let depth = 0; depth <= MAX_CAUSES && current !== undefined; depth++) {
    lines.push(`${depth === 0 ? '' : 'because of '}${headOf(current)}`, ...framesOf(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return lines
}

function headOf (error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${error === null ? 'null' : typeof error}`
  // A class name of a program; anything else may be text.
  const name = /^[A-Z][A-Za-z0-9]{0,60}(?:Error|Exception)$/u.test(error.name) ? error.name : 'Error'
  const code: unknown = 'code' in error ? error.code : undefined
  const isCode = typeof code === 'number' || (typeof code === 'string' && /^[A-Z][A-Z0-9_-]{1,40}$/u.test(code))
  return isCode ? `${name} ${String(code)}` : name
}

/**
 * A message may be many lines long and look like frames, so it is cut off by
 * its length; where it is not found, it was changed, and nothing is kept.
 */
function framesOf (error: unknown): readonly string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return []
  const { stack, message } = error
  const at = stack.indexOf(message)
  if (at === -1) return []
  return stack.slice(at + message.length).split('\n').slice(1).flatMap(frameOf).slice(0, MAX_FRAMES)
}

/** File names alone: folders hold the names of people. */
function frameOf (line: string): readonly string[] {
  const match = /^\s+at (?:(?<name>[\w$.<>#[\] ]{1,100}) \()?(?<place>[^()]+?):(?<row>\d+):(?<column>\d+)\)?$/u.exec(line)?.groups
  if (match === undefined) return []
  const { name, place = '', row = '', column = '' } = match
  const file = place.startsWith('node:') ? place : place.split(/[/\\]/u).at(-1) ?? ''
  return [`  at ${name === undefined ? '' : `${name} `}${file}:${row}:${column}`]
}
