import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'

/** Milliseconds that a command to an agent may take. */
const ANSWER_WITHIN = 30_000

interface Line { readonly id?: number, readonly value?: unknown, readonly error?: string, readonly event?: string }

/**
 * A process of this project inside a network namespace, steered by lines of
 * JSON: one command a line in, one answer or event a line out.
 */
export class AgentProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<number, (line: Line) => void>()
  readonly #events: Line[] = []
  #errors = ''
  #next = 0

  /** @param command run in the namespace by `ip netns exec` */
  constructor (namespace: string, command: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn('ip', ['netns', 'exec', namespace, ...command], { env: { ...process.env, ...env } })
    this.#child.stderr.on('data', (data: Buffer) => { this.#errors = (this.#errors + data.toString()).slice(-8_000) })
    createInterface({ input: this.#child.stdout }).on('line', (text) => { this.#hear(text) })
    this.#child.once('exit', (code, signal) => {
      for (const answer of this.#waiting.values()) {
        answer({ error: `the agent ended with ${String(code ?? signal)}: ${this.#errors}` })
      }
    })
  }

  /** Runs a command in the agent; rejects with what it says went wrong. */
  async call<T> (name: string, argument: unknown = {}): Promise<T> {
    const id = this.#next++
    const line = await new Promise<Line>((resolve) => {
      const timer = setTimeout(() => { resolve({ error: `no answer to ${name} within ${String(ANSWER_WITHIN)} ms: ${this.#errors}` }) }, ANSWER_WITHIN)
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#child.stdin.write(`${JSON.stringify({ id, name, argument })}\n`)
    })
    this.#waiting.delete(id)
    if (line.error !== undefined) {
      throw new Error(`${name}: ${line.error}`)
    }
    return line.value as T
  }

  /** The first event of a name, whether it came already or comes yet. */
  async event<T> (name: string, within: number): Promise<T> {
    return until(`the event ${name}`, within, async () => this.#events.find(({ event }) => event === name) as (Line & T) | undefined, () => this.#errors)
  }

  signal (signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends the process and waits for its end. */
  async end (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill(signal)
      await ended
    }
  }

  #hear (text: string): void {
    if (!text.startsWith('{')) {
      return
    }
    const line = JSON.parse(text) as Line
    if (line.id === undefined) {
      this.#events.push(line)
    } else {
      this.#waiting.get(line.id)?.(line)
    }
  }
}

/**
 * Waits for a state, not for a time.
 *
 * @param look answers undefined or false while it has not come
 * @throws when it has not come within `within` milliseconds
 */
export async function until<T> (what: string, within: number, look: () => Promise<T | undefined | false>, more: () => string = () => ''): Promise<T> {
  const end = Date.now() + within
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) {
      return found
    }
    if (Date.now() > end) {
      throw new Error(`${what} did not come within ${String(within)} ms. ${more()}`)
    }
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}
