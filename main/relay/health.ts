import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { RelayNode } from '../node/relay/relay-node.ts'
import type { MetricsConfig } from './config/types.ts'
import type { HistoryKeeper } from './history-keeper.ts'
import type { HistoryState } from './history-saving.ts'

/** What `/health` answers. */
export interface Health {
  /** `stuck`: the program had other work for so long that its people noticed. `degraded`: it relays, and something else fails. */
  readonly status: 'ok' | 'starting' | 'draining' | 'stuck' | 'degraded'
  readonly peerId: string
  readonly reservations: number
  /** Longest delay of the event loop in the last seconds, in milliseconds. */
  readonly delay: number
  /** Absent without `--keep-history`. */
  readonly history?: HistoryState
}

/** What {@link HealthWatch} looks at besides the node. */
export interface HealthOptions {
  readonly history?: Pick<HistoryKeeper, 'state'> | undefined
  /** Milliseconds for which a delay is remembered. @default 15,000 */
  readonly window?: number | undefined
}

/** Milliseconds for which a delay is remembered: two checks of a container's usual 30 s would miss a shorter one, one would not. */
const WINDOW = 15_000
/** Milliseconds of delay from which it counts as stuck: pings of people's desktops fail from 2,000 on. */
const STUCK = 2_000
/** Milliseconds that a check waits for an answer. */
const PATIENCE = 4_000

type Watched = Pick<RelayNode, 'peerId' | 'multiaddrs' | 'isDraining' | 'stats'>

/** Watches how a relay is. */
export class HealthWatch {
  readonly #node: Watched
  readonly #history: HealthOptions['history']
  readonly #delay = monitorEventLoopDelay({ resolution: 20 })
  #before = 0
  readonly #timer: NodeJS.Timeout

  constructor (node: Watched, { history, window = WINDOW }: HealthOptions = {}) {
    this.#node = node
    this.#history = history
    this.#delay.enable()
    this.#timer = setInterval(() => {
      this.#before = this.#longest()
      this.#delay.reset()
    }, window).unref()
  }

  get health (): Health {
    const { peerId, multiaddrs, isDraining, stats } = this.#node
    const delay = Math.round(Math.max(this.#before, this.#longest()))
    const history = this.#history?.state
    const status = isDraining ? 'draining'
      : multiaddrs.length === 0 ? 'starting'
        : delay > STUCK ? 'stuck'
          : history === undefined || history === 'ok' ? 'ok' : 'degraded'
    return { status, peerId, reservations: stats.relay.reservations, delay, ...(history === undefined ? {} : { history }) }
  }

  stop (): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }

  #longest (): number {
    return this.#delay.max / 1e6
  }
}

/** Asks the relay that runs with a configuration how it is; gives one sentence, and whether it is well. */
export async function checkHealth ({ metrics }: { readonly metrics: Pick<MetricsConfig, 'host' | 'port'> | undefined }): Promise<{ readonly isWell: boolean, readonly words: string }> {
  if (metrics === undefined || metrics.port === 0) {
    return { isWell: false, words: 'There is nowhere to ask: a relay says how it is at its --metrics HOST:PORT.' }
  }
  const host = ({ '0.0.0.0': '127.0.0.1', '::': '[::1]' })[metrics.host] ?? (metrics.host.includes(':') ? `[${metrics.host}]` : metrics.host)
  const place = `${host}:${metrics.port}`
  try {
    const response = await fetch(`http://${place}/health`, { signal: AbortSignal.timeout(PATIENCE) })
    const text = (await response.text()).slice(0, 500).trim()
    return { isWell: response.ok, words: text }
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    return { isWell: false, words: late ? `The relay did not answer at ${place} within ${PATIENCE / 1_000} s.` : `No relay answers at ${place}.` }
  }
}
