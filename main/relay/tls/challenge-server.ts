import { createServer, type Server } from 'node:http'
import { boundHttp } from '../http/bounded-http.ts'
import { TlsError } from './errors.ts'

const PATH = '/.well-known/acme-challenge/'
/** An authority has a handful of places that ask, each with one connection. */
const BOUNDS = { all: 32, perAddress: 8, patience: 5_000 } as const

/** Answers an authority that asks whether a name leads here (RFC 8555, section 8.3). It listens only while there is something to answer. */
export class ChallengeServer {
  readonly #port: number
  readonly #answers = new Map<string, string>()
  #server: Server | undefined

  /** @param port 80 as the authority sees it; another behind port forwarding */
  constructor (port: number) {
    this.#port = port
  }

  /** @throws {TlsError} where the port cannot be listened on */
  async add (token: string, answer: string): Promise<void> {
    this.#answers.set(token, answer)
    this.#server ??= await this.#listen()
  }

  async remove (token: string): Promise<void> {
    this.#answers.delete(token)
    if (this.#answers.size === 0) {
      await this.close()
    }
  }

  async close (): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#answers.clear()
    if (server !== undefined) {
      const closed = new Promise((resolve) => { server.close(resolve) })
      server.closeAllConnections()
      await closed
    }
  }

  async #listen (): Promise<Server> {
    const server = createServer(({ url = '' }, response) => {
      const answer = url.startsWith(PATH) ? this.#answers.get(url.slice(PATH.length)) : undefined
      response.writeHead(answer === undefined ? 404 : 200, { 'Content-Type': 'text/plain', 'Connection': 'close' })
      response.end(answer ?? '')
    })
    boundHttp(server, BOUNDS)
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new TlsError(`Port ${String(this.#port)}, on which the authority asks, cannot be listened on (${error.code ?? error.message}).`, { cause: error }))
      })
      // Without a host: IPv6 and IPv4, whichever the authority uses.
      server.listen(this.#port, resolve)
    })
    return server
  }
}
