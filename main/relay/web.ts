import { createServer, type Server, type ServerResponse } from 'node:http'
import type { RelayNode } from '../node/relay/relay-node.ts'
import { ConfigError } from './config/config-error.ts'
import type { MetricsConfig } from './config/types.ts'
import { HealthWatch } from './health.ts'
import type { HistoryKeeper } from './history-keeper.ts'
import { isAskedByOurName } from './http/asked-host.ts'
import { boundHttp } from './http/bounded-http.ts'
import { createRegistry } from './metrics.ts'

/** Serves a relay's figures, and how it is. */
export interface Web {
  /** Port that it listens on, for when 0 was asked for. */
  readonly port: number
  close: () => Promise<void>
}

/** Prometheus and a health check need one connection each; a proxy in front of several of them needs more. */
const BOUNDS = { all: 32, perAddress: 16, patience: 5_000 } as const
/** Bytes of a request's head: scrapers send a few hundred. */
const MAX_HEAD = 8_192

/**
 * Begins to serve figures for Prometheus at `/metrics`, and at `/health` 200
 * where it is well, 503 where it is not. A relay whose history fails still
 * relays, so that `degraded` is 200 as well: a restart would cost everybody
 * their connections and make no room. Both are for whoever asks by an IP
 * address, `localhost` or a name of `at`.
 *
 * @throws {ConfigError} if the address cannot be listened on
 */
export async function serveWeb (node: Pick<RelayNode, 'peerId' | 'multiaddrs' | 'isDraining' | 'stats' | 'community'>, at: MetricsConfig, keeper?: Pick<HistoryKeeper, 'stats' | 'state'>): Promise<Web> {
  const registry = createRegistry(node, keeper)
  const watch = new HealthWatch(node, { history: keeper })
  const names = [at.host, ...at.names].map((name) => name.toLowerCase())
  const pages: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/metrics': (response) => {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(500).end())
    },
    '/health': (response) => {
      const { health } = watch
      response.writeHead(health.status === 'ok' || health.status === 'degraded' ? 200 : 503, { 'content-type': 'application/json' }).end(`${JSON.stringify(health)}\n`)
    }
  }
  const server = createServer({ maxHeaderSize: MAX_HEAD }, (request, response) => {
    if (!isAskedByOurName(request, names)) {
      response.writeHead(421).end('This relay does not go by that name. Ask by its IP address, or have it told the name with --metrics-name.\n')
      return
    }
    const path = request.url?.split('?')[0] ?? ''
    const page = request.method === 'GET' && Object.hasOwn(pages, path) ? pages[path] : undefined
    if (page === undefined) {
      response.writeHead(404).end('Metrics are at /metrics, and the health check is at /health.\n')
      return
    }
    page(response)
  })
  boundHttp(server, BOUNDS)
  await listen(server, at)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    close: async () => {
      watch.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

async function listen (server: Server, { host, port }: MetricsConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new ConfigError(`--metrics cannot listen on ${host}:${port} (${error.code ?? error.message}).`))
    })
    server.listen({ host, port }, resolve)
  })
}
