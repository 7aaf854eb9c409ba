import { setTimeout as delay } from 'node:timers/promises'
import { startCrowd } from '../../bench/relay/crowd.ts'
import { exchange, percentile, warmUp } from '../../bench/relay/measure.ts'
import { startRelayProcess } from '../../bench/relay/relay-process.ts'
import { startAttack } from './attackers.ts'
import type { Orders } from './attacker-process.ts'
import { POSTS } from './length.ts'

/** People who talk on one topic meanwhile. */
const HONEST = 12
/** Posts before the attack. */
const QUIET_POSTS = 100
const LOOK = 250
/** Milliseconds after which memory has settled: who left is forgotten after 10 s. */
const SETTLED = 15_000
const SETTLE = 1_000

/** What an attack on a relay did, to its memory in bytes and to its people in milliseconds. */
export interface AttackOnRelay {
  /** Memory after a collection, before the attack. */
  readonly before: number
  /** The most that was seen meanwhile. */
  readonly most: number
  /** Memory after a collection, after the attack. */
  readonly after: number
  /** Honest posts' p99 before the attack and during it. */
  readonly quiet: number
  readonly during: number
  /** The share of honest posts that arrived. */
  readonly delivered: number
}

/** Attacks a relay that was started for this, while people talk through it. @param enough bytes left behind that need not settle further */
export async function attackRelay (attack: Orders['attack'], enough: number): Promise<AttackOnRelay> {
  const relay = await startRelayProcess([], { collects: true })
  const people = startCrowd()
  try {
    await people.join({ first: 0, count: HONEST, relay: relay.address, protocol: 'gossipsub', rooms: 1 })
    await warmUp([people], HONEST)
    const quiet = percentile((await exchange([people], HONEST, QUIET_POSTS)).times, 0.99)
    const before = await relay.collectedMemory()
    let most = before
    const watch = setInterval(() => { most = Math.max(most, relay.memory()) }, LOOK)
    const stop = startAttack({ attack, address: relay.address })
    const { delivered, times } = await exchange([people], HONEST, POSTS)
    await stop()
    clearInterval(watch)
    let after = Infinity
    // Looked at again and again, and no longer than it takes.
    for (let waited = 0; after - before > enough && waited < SETTLED; waited += SETTLE) {
      await delay(SETTLE)
      after = Math.min(after, await relay.collectedMemory())
    }
    return { before, most, after, quiet, during: percentile(times, 0.99), delivered }
  } finally {
    await people.stop()
    await relay.stop()
  }
}
