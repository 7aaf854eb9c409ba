/** What the relay says while it runs. */
export interface Output {
  /** An event: its JSON, or the lines that stand for it. */
  readonly say: (event: Readonly<Record<string, unknown>>, lines?: readonly string[]) => void
  /** An event that the operator has to act on: its JSON with `message`, or the message on standard error. */
  readonly warn: (event: Readonly<Record<string, unknown>>, message: string) => void
  /** A sentence for whoever runs it. */
  readonly hint: (message: string) => void
}

/** Text for people, or with `json` one object a line. */
export function createOutput (json: boolean): Output {
  const say: Output['say'] = (event, lines = []) => {
    for (const line of json ? [JSON.stringify(event)] : lines) {
      process.stdout.write(`${line}\n`)
    }
  }
  const warn: Output['warn'] = (event, message) => {
    if (json) {
      say({ ...event, message })
    } else {
      process.stderr.write(`${message}\n`)
    }
  }
  return { say, warn, hint: (message) => { warn({ event: 'hint' }, message) } }
}
