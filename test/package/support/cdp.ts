import type { Readable, Writable } from 'node:stream'

/** Chromium's debugging protocol over two pipes, which is all that a packaged app lets itself be steered by. */
export interface Cdp {
  /**
   * @param session of a page; without one the browser is asked
   * @throws Error with Chromium's words
   */
  readonly send: <T = unknown>(method: string, params?: object, session?: string) => Promise<T>
}

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** Talks to an app that was started with `--remote-debugging-pipe` and these as its fourth and fifth file. */
export function openCdp (input: Writable, output: Readable): Cdp {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  let rest = ''
  let isOpen = true
  const hear = (message: string): void => {
    const { id, result, error } = JSON.parse(message) as Answer
    const asked = id === undefined ? undefined : waiting.get(id)
    if (id === undefined || asked === undefined) return
    waiting.delete(id)
    if (error === undefined) asked.resolve(result)
    else asked.reject(new Error(error.message))
  }
  const end = (): void => {
    isOpen = false
    for (const asked of waiting.values()) asked.reject(new Error('the app ended before it answered'))
    waiting.clear()
  }
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) hear(message)
  })
  output.on('close', end)
  output.on('error', end)
  input.on('error', end)
  return {
    send: async <T>(method: string, params: object = {}, session?: string) => {
      if (!isOpen) throw new Error('the app has ended')
      const id = ++last
      const asked = Promise.withResolvers<unknown>()
      waiting.set(id, asked)
      input.write(`${JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`)
      return await asked.promise as T
    }
  }
}
