import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { RelayNode, RelayNodeStats } from '../node/relay/relay-node.ts'
import { ConfigError } from './config/config-error.ts'
import type { HistoryKeeper } from './history-keeper.ts'

/** Serves a relay's figures as Prometheus text. */
export interface Metrics {
  /** Port that it listens on, for when 0 was asked for. */
  readonly port: number
  close: () => Promise<void>
}

/**
 * Begins to serve figures at `/metrics`.
 *
 * @throws {ConfigError} if the address cannot be listened on
 */
export async function serveMetrics (node: Pick<RelayNode, 'stats'>, at: { readonly host: string, readonly port: number }, keeper?: Pick<HistoryKeeper, 'stats'>): Promise<Metrics> {
  const registry = createRegistry(() => node.stats, keeper)
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end('The figures are at /metrics.\n')
      return
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end())
  })
  await listen(server, at)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** All figures; those of the relay are read when somebody asks. */
export function createRegistry (stats: () => RelayNodeStats, keeper?: Pick<HistoryKeeper, 'stats'>): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  gauge(registry, 'natter_relay_connections', 'Open connections.', () => stats().connections)
  gauge(registry, 'natter_relay_reservations', 'Places held by people who can be reached through this relay.', () => stats().relay.reservations)
  gauge(registry, 'natter_relay_circuits', 'Open circuits.', () => stats().relay.circuits)
  counter(registry, 'natter_relay_refused_total', 'Reservations and circuits refused by a cap.', 'limit', () => stats().relay.refused)
  counter(registry, 'natter_relay_dial_backs_total', 'Dial-backs by how they ended.', 'outcome', () => stats().dialBack)
  if (stats().hub !== undefined) {
    gauge(registry, 'natter_hub_topics', 'Topics that clients are on.', () => stats().hub?.topics ?? 0)
    gauge(registry, 'natter_hub_subscriptions_waiting', 'Subscriptions over a cap.', () => stats().hub?.refusedSubscriptions ?? 0)
    counter(registry, 'natter_hub_messages_total', 'Messages that clients handed in and that were forwarded.', undefined, () => ({ all: stats().hub?.forwarded ?? 0 }))
    counter(registry, 'natter_hub_messages_dropped_total', 'Messages not forwarded, by the cap that they were over.', 'reason', () => ({ ...stats().hub?.dropped }))
    counter(registry, 'natter_hub_member_pushes_total', 'Messages about members of topics that clients took in.', undefined, () => ({ all: stats().hub?.memberPushes ?? 0 }))
  }
  if (keeper !== undefined) {
    counter(registry, 'natter_hub_history_posts_total', 'Posts taken in for those who come later, and payloads refused.', 'outcome', () => keeper.stats)
  }
  return registry
}

function gauge (registry: Registry, name: string, help: string, read: () => number): void {
  const metric: Gauge = new Gauge({ name, help, registers: [registry], collect: () => { metric.set(read()) } })
}

function counter (registry: Registry, name: string, help: string, label: string | undefined, read: () => Readonly<Record<string, number>>): void {
  const metric: Counter = new Counter({
    name,
    help,
    registers: [registry],
    labelNames: label === undefined ? [] : [label],
    collect: () => {
      metric.reset()
      for (const [value, count] of Object.entries(read())) {
        metric.inc(label === undefined ? {} : { [label]: value }, count)
      }
    }
  })
}

async function listen (server: Server, { host, port }: { readonly host: string, readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new ConfigError(`--metrics cannot listen on ${host}:${port} (${error.code ?? error.message}).`))
    })
    server.listen({ host, port }, resolve)
  })
}
