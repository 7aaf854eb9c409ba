import { execFile } from 'node:child_process'

/** A question to a program on the session's D-Bus. */
export interface BusQuestion {
  /** Well-known name of the program, which is its interface too. */
  readonly name: string
  readonly path: string
  readonly asks: { readonly method: string } | { readonly property: string }
}

/** `answered`: the reply as text. `silent`: there is no bus, or nobody there answers. `unknown`: this computer has no program to ask with. */
export type BusAnswer = { readonly kind: 'answered', readonly text: string } | { readonly kind: 'silent' } | { readonly kind: 'unknown' }

/** Milliseconds for an answer. A daemon of a desktop answers in a few; one that does not is as good as none. */
const LIMIT = 2_000

/**
 * Asks the session's D-Bus, through `busctl` (systemd) or `gdbus` (GLib), one
 * of which is on every desktop that we know of. Never rejects, never blocks.
 *
 * A process for a question, and no D-Bus library: Natter asks three short
 * questions in its life, and a library would be code that reads a socket.
 */
export async function askBus (question: BusQuestion): Promise<BusAnswer> {
  const { name, path, asks } = question
  const [busctl, gdbus] = 'method' in asks
    ? [['call', name, path, name, asks.method], ['--method', `${name}.${asks.method}`]]
    : [['get-property', name, path, name, asks.property], ['--method', 'org.freedesktop.DBus.Properties.Get', name, asks.property]]
  const first = await run('busctl', ['--user', ...busctl])
  if (first.kind !== 'unknown') return first
  return run('gdbus', ['call', '--session', '--timeout', String(LIMIT / 1_000), '--dest', name, '--object-path', path, ...gdbus])
}

async function run (program: string, args: readonly string[]): Promise<BusAnswer> {
  const { promise, resolve } = Promise.withResolvers<BusAnswer>()
  execFile(program, args, { timeout: LIMIT, windowsHide: true }, (error, text) => {
    if (error === null) resolve({ kind: 'answered', text })
    else resolve({ kind: error.code === 'ENOENT' ? 'unknown' : 'silent' })
  })
  return promise
}
