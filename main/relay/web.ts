import { createServer, type Server, type ServerResponse } from 'node:http'
import type { RelayNode } from '../node/relay/relay-node.ts'
import { ConfigError } from './config/config-error.ts'
import { HealthWatch } from './health.ts'
import type { HistoryKeeper } from './history-keeper.ts'
import { createRegistry } from './metrics.ts'

/** Serves a relay's figures, and how it is. */
export interface Web {
  /** Port that it listens on, for when 0 was asked for. */
  readonly port: number
  close: () => Promise<void>
}

/** Connections at once; Prometheus and a health check need one each. */
const MAX_CONNECTIONS = 32

/**
 * Begins to serve figures for Prometheus at `/metrics`, and at `/health` 200
 * where it is well, 503 where it is not.
 *
 * @throws {ConfigError} if the address cannot be listened on
 */
export async function serveWeb (node: RelayNode, at: { readonly host: string, readonly port: number }, keeper?: Pick<HistoryKeeper, 'stats'>): Promise<Web> {
  const registry = createRegistry(node, keeper)
  const watch = new HealthWatch(node)
  const pages: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/metrics': (response) => {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(500).end())
    },
    '/health': (response) => {
      const { health } = watch
      response.writeHead(health.status === 'ok' ? 200 : 503, { 'content-type': 'application/json' }).end(`${JSON.stringify(health)}\n`)
    }
  }
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    const page = request.method === 'GET' && Object.hasOwn(pages, path) ? pages[path] : undefined
    if (page === undefined) {
      response.writeHead(404).end('The figures are at /metrics, and how the relay is at /health.\n')
      return
    }
    page(response)
  })
  server.maxConnections = MAX_CONNECTIONS
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

async function listen (server: Server, { host, port }: { readonly host: string, readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new ConfigError(`--metrics cannot listen on ${host}:${port} (${error.code ?? error.message}).`))
    })
    server.listen({ host, port }, resolve)
  })
}
