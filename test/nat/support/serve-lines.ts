import process from 'node:process'
import { createInterface } from 'node:readline'

/** What an agent can do, by name. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>

/** Answers commands that come as lines of JSON, each by a line; ends with its input. */
export function serveLines (commands: Commands): void {
  const say = (line: object): void => { process.stdout.write(`${JSON.stringify(line)}\n`) }
  createInterface({ input: process.stdin })
    .on('line', (text) => {
      const { id, name, argument } = JSON.parse(text) as { id: number, name: string, argument: never }
      Promise.resolve()
        .then(() => commands[name]?.(argument))
        .then((value) => { say({ id, value: value ?? null }) }, (error: unknown) => { say({ id, error: error instanceof Error ? error.stack ?? error.message : String(error) }) })
    })
    .on('close', () => { process.exit(0) })
}
