import type { RelayRules } from '../node/relay/relay-node.ts'
import { ConfigError } from './config/config-error.ts'
import { entries } from './config/keys.ts'
import type { ToldConfig } from './config/read-config.ts'
import type { RelayConfig } from './config/types.ts'
import type { Output } from './output.ts'

/** What SIGHUP found. */
export interface Reloaded {
  /** Keys that count as they are now. */
  readonly changed: readonly string[]
  /** Keys that are other than those that the relay runs with, and count after a restart. */
  readonly needRestart: readonly string[]
}

/** How a relay's node is to behave, as the configuration has it. */
export function rulesOf ({ limits, allow, ban }: RelayConfig): RelayRules {
  const { reservationsPerAddress, circuitsPerPeer, circuitsPerAddress } = limits
  return {
    maxReservations: limits.reservations,
    circuitBytes: limits.circuitBytes,
    circuitSeconds: limits.circuitSeconds,
    connectionsPerAddress: limits.connectionsPerAddress,
    limits: { reservationsPerAddress, circuitsPerPeer, circuitsPerAddress },
    access: { allow, ban }
  }
}

/** What is other now than in the configuration that the relay runs with. */
export function compare (running: ToldConfig, next: ToldConfig): Reloaded {
  const others = entries().filter(([name]) => JSON.stringify(running.values[name]) !== JSON.stringify(next.values[name])).map(([, key]) => key)
  return {
    changed: others.filter(({ live }) => live === true).map(({ path }) => path),
    needRestart: others.filter(({ live }) => live !== true).map(({ path }) => path)
  }
}

/**
 * Reads the configuration again and says what of it counts from now on. One
 * that is wrong changes nothing.
 *
 * @returns what the relay runs with from now on
 */
export function reload (running: ToldConfig, read: () => ToldConfig, { say, hint }: Output): ToldConfig {
  let next: ToldConfig
  try {
    next = read()
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error
    }
    for (const problem of error.problems) {
      hint(problem)
    }
    hint('The configuration is wrong, so nothing was changed.')
    return running
  }
  const { changed, needRestart } = compare(running, next)
  say({ event: 'reloaded', changed, needRestart })
  const words = [
    changed.length > 0 ? `Changed: ${changed.join(', ')}.` : needRestart.length > 0 ? '' : 'Nothing in the configuration has changed.',
    needRestart.length > 0 ? `${needRestart.join(', ')}: what is new needs a restart.` : ''
  ].filter((text) => text !== '')
  hint(words.join(' '))
  return { ...next, config: live(running.config, next.config), values: merged(running, next) }
}

/** What runs, with what can change while it does. */
function live (running: RelayConfig, { limits, allow, ban, drainSeconds, community, tls }: RelayConfig): RelayConfig {
  const files = running.tls?.kind === 'files' && tls?.kind === 'files' ? tls : running.tls
  return { ...running, limits, allow, ban, drainSeconds, community, tls: files }
}

function merged (running: ToldConfig, next: ToldConfig): ToldConfig['values'] {
  return Object.fromEntries(entries().map(([name, key]) => [name, (key.live === true ? next : running).values[name]]))
}
