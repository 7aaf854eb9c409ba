import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** What Chromium tells by itself; `session` names the page. */
export interface DevtoolsEvent {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly session: string | undefined
}

/** Chromium's debugging protocol with a process that was started with `--remote-debugging-pipe` and five files. */
export class Devtools extends EventEmitter<{ event: [DevtoolsEvent] }> {
  readonly #input: Writable
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #last = 0

  constructor (child: ChildProcess) {
    super()
    const [,,, input, output] = child.stdio as readonly [unknown, unknown, unknown, Writable, Readable]
    this.#input = input
    let rest = ''
    output.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0')
      rest = messages.pop() ?? ''
      for (const message of messages) this.#hear(JSON.parse(message) as Record<string, unknown>)
    })
    const end = (): void => {
      for (const asked of this.#waiting.values()) asked.reject(new Error('the app ended before it answered'))
      this.#waiting.clear()
    }
    for (const stream of [input, output]) stream.on('error', end).on('close', end)
  }

  /** @throws Error with Chromium's words, or where the process ended */
  async send (method: string, params: object = {}, session?: string): Promise<unknown> {
    const asked = Promise.withResolvers<unknown>()
    this.#waiting.set(++this.#last, asked)
    this.#input.write(`${JSON.stringify({ id: this.#last, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`)
    return asked.promise
  }

  /** The value of an expression in a page; promises are awaited. @throws Error with what the page threw */
  async evaluate (session: string, expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, session) as { readonly result: { readonly value?: unknown }, readonly exceptionDetails?: { readonly text: string } }
    if (exceptionDetails !== undefined) throw new Error(`the page threw at: ${expression}: ${exceptionDetails.text}`)
    return result.value
  }

  #hear ({ id, result, error, method, params, sessionId }: Record<string, unknown>): void {
    if (typeof method === 'string') this.emit('event', { method, params: params as DevtoolsEvent['params'], session: sessionId as string | undefined })
    const asked = this.#waiting.get(id as number)
    if (asked === undefined) return
    this.#waiting.delete(id as number)
    if (error === undefined) asked.resolve(result)
    else asked.reject(new Error((error as { readonly message: string }).message))
  }
}
