import { Readable } from 'node:stream'
import { net, session, type Session } from 'electron'
import type { SettingsService } from '../../settings/settings.ts'
import type { Sealer } from '../keys/sealer.ts'
import type { Fetch } from '../updates/fetch-feed.ts'
import { createLogin, lead, type Login } from './chromium-way.ts'

/** What the main process gets from the web, through the proxy that the settings have. */
export interface Web {
  /** Fetches in a session of its own: without cookies or a cache, and nothing of the page's. */
  readonly fetchIn: (partition: string) => Fetch
  /** Has another session go the way that is set now. Answers what its proxy is to be told. */
  readonly steer: (session: Session) => Promise<Login>
}

/** Statuses whose answers have no body, as the Fetch standard has them. */
const BODILESS = new Set([101, 204, 205, 304])
/** Times that a proxy is told user and password: for one request, and for a download with its redirections. */
const LOGINS = { fetch: 1, download: 5 } as const

/** Chromium's network, which reads PAC files and has the system's certificates. */
export function createWeb ({ settings, sealer }: { readonly settings: Pick<SettingsService, 'stored'>, readonly sealer: Pick<Sealer, 'open'> }): Web {
  const go = async (used: Session): Promise<void> => lead(used, settings.stored().proxy)

  return {
    fetchIn: (partition) => async (url, { signal }) => {
      const used = session.fromPartition(partition, { cache: false })
      await go(used)
      signal.throwIfAborted()
      return request(used, url, signal, createLogin({ settings, sealer, times: LOGINS.fetch }))
    },
    steer: async (used) => {
      await go(used)
      return createLogin({ settings, sealer, times: LOGINS.download })
    }
  }
}

/** As `session.fetch`, which has no way to answer a proxy that asks who we are. */
async function request (used: Session, url: string, signal: AbortSignal, login: Login): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const asked = net.request({ url, session: used })
  const abort = (): void => {
    reject(signal.reason as Error)
    asked.abort()
  }
  signal.addEventListener('abort', abort, { once: true })
  asked.on('login', login)
  asked.on('error', reject)
  asked.on('close', () => { signal.removeEventListener('abort', abort) })
  asked.on('response', (response) => {
    const { statusCode: status } = response
    // Electron's type leaves out that it is a stream of Node.
    const body = BODILESS.has(status) ? null : Readable.toWeb(response as unknown as Readable) as ReadableStream<Uint8Array>
    resolve(new Response(body, { status }))
  })
  asked.end()
  return promise
}
