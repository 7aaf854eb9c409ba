import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'

/** Milliseconds in which an app that was just started has a page. */
const APPEARS = { timeout: 30_000, interval: 100 }

/**
 * Reads the page of an app that somebody else started with
 * `--remote-debugging-port=0`: evaluates an expression in it, whose value must be JSON.
 */
export async function readPage<T> (userDataDir: string, expression: string): Promise<T> {
  const address = await vi.waitFor(async () => {
    const [port] = readFileSync(join(userDataDir, 'DevToolsActivePort'), 'utf8').split('\n')
    const pages = await (await fetch(`http://127.0.0.1:${port ?? ''}/json`)).json() as { type: string, url: string, webSocketDebuggerUrl: string }[]
    const page = pages.find(({ type, url }) => type === 'page' && url.startsWith('app:'))
    if (page === undefined) throw new Error('there is no page yet')
    return page.webSocketDebuggerUrl
  }, APPEARS)
  const socket = new WebSocket(address)
  const answer = Promise.withResolvers<T>()
  socket.addEventListener('error', () => { answer.reject(new Error('the page does not let itself be read')) })
  socket.addEventListener('open', () => { socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression, returnByValue: true, awaitPromise: true } })) })
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number, result?: { result: { value: T } } }
    if (id !== 1) return
    if (result === undefined) answer.reject(new Error('the page went elsewhere meanwhile'))
    else answer.resolve(result.result.value)
  })
  try {
    return await answer.promise
  } finally {
    socket.close()
  }
}
