import { describe, expect, it } from 'vitest'
import type { Crowd } from '../bench/relay/crowd.ts'
import { exchange, fill, PER_TOPIC, percentile, warmUp, withRelay } from '../bench/relay/measure.ts'

const PROTOCOLS = ['gossipsub', 'floodsub'] as const

describe('a relay with 1,000 clients', () => {
  const CLIENTS = 1_000
  /** Milliseconds; they come within about a minute where nothing else runs. */
  const COME_WITHIN = 600_000

  it('spends less than 350 kB on each, and lets in one more within 100 ms', async () => {
    await withRelay([], 4, async (relay, [last, ...crowds]) => {
      const newcomers = async (first: number, count: number): Promise<readonly number[]> =>
        (last as Crowd).newcomers({ first, count, relay: relay.address, protocol: 'gossipsub' })
      // Code that runs for the first time is compiled, and stays; it is no client's.
      await newcomers(50_000, 30)
      const before = await relay.settledMemory()
      await fill(crowds, relay, CLIENTS, 'gossipsub')
      const perClient = (await relay.settledMemory() - before) / CLIENTS
      const standing = (await Promise.all(crowds.map(async (crowd) => crowd.standing()))).reduce((sum, count) => sum + count, 0)
      // Each is in pubsub too: it counts only where the hub is on its topic.
      expect(standing).toBeGreaterThan(0.99 * CLIENTS)
      expect(perClient).toBeLessThan(350_000)
      // More than 1,024 hold no place.
      expect(percentile(await newcomers(51_000, 100), 0.99)).toBeLessThan(100)
    })
  }, COME_WITHIN)
})

describe.each(PROTOCOLS)(`${PER_TOPIC} clients on one topic (%s)`, (protocol) => {
  it('get every post, with a p99 under 100 ms', async () => {
    await withRelay([], 2, async (relay, crowds) => {
      await fill(crowds, relay, PER_TOPIC, protocol)
      await warmUp(crowds, PER_TOPIC)
      const { delivered, times } = await exchange(crowds, PER_TOPIC)
      expect(delivered).toBe(1)
      expect(percentile(times, 0.99)).toBeLessThan(100)
    })
  })
})
