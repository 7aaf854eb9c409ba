import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { RelayNode, RelayNodeStats } from '../node/relay/relay-node.ts'
import type { HistoryKeeper } from './history-keeper.ts'

/** Of the figures about the process: those that the conventions of Prometheus call something else than what they are. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** All figures; those of the relay are read when somebody asks. Event-loop delay and memory are the process's own. */
export function createRegistry (node: Pick<RelayNode, 'stats' | 'isDraining' | 'community'>, keeper?: Pick<HistoryKeeper, 'stats' | 'state'>): Registry {
  const registry = new Registry()
  const stats = (): RelayNodeStats => node.stats
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) {
    registry.removeSingleMetric(name)
  }
  gauge(registry, 'natter_relay_connections', 'Open connections.', () => stats().connections)
  gauge(registry, 'natter_relay_reservations', 'Places held by people who can be reached through this relay.', () => stats().relay.reservations)
  gauge(registry, 'natter_relay_circuits', 'Open circuits.', () => stats().relay.circuits)
  gauge(registry, 'natter_relay_draining', '1 while it sends its people elsewhere because it is to close.', () => Number(node.isDraining))
  gauge(registry, 'natter_relay_community_members', 'Other relays of its community that it tells desktops of.', () => node.community.length)
  counter(registry, 'natter_relay_circuit_bytes_total', 'Bytes that circuits carried, both ways together.', undefined, () => ({ all: stats().relay.circuitBytes }))
  counter(registry, 'natter_relay_refused_total', 'Reservations, circuits and connections refused, by reason.', 'reason', () => stats().relay.refused)
  counter(registry, 'natter_relay_dial_backs_total', 'Dial-backs by how they ended.', 'outcome', () => stats().dialBack)
  if (stats().hub !== undefined) {
    gauge(registry, 'natter_hub_topics', 'Topics that clients are on.', () => stats().hub?.topics ?? 0)
    gauge(registry, 'natter_hub_subscriptions_waiting', 'Subscriptions over a cap.', () => stats().hub?.refusedSubscriptions ?? 0)
    counter(registry, 'natter_hub_messages_total', 'Messages that clients handed in and that were forwarded.', undefined, () => ({ all: stats().hub?.forwarded ?? 0 }))
    counter(registry, 'natter_hub_messages_dropped_total', 'Messages not forwarded, by the cap that they were over.', 'reason', () => ({ ...stats().hub?.dropped }))
    counter(registry, 'natter_hub_member_pushes_total', 'Messages about members of topics that clients took in.', undefined, () => ({ all: stats().hub?.memberPushes ?? 0 }))
  }
  if (keeper !== undefined) {
    counter(registry, 'natter_hub_history_posts_total', 'Posts saved for people who come later, payloads refused, and live posts that could not be saved.', 'outcome', () => keeper.stats)
    gauge(registry, 'natter_hub_history_failing', '1 while history cannot save posts, for example because its disk is full.', () => Number(keeper.state !== 'ok'))
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
