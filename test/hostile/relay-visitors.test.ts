import { afterEach, expect, it } from 'vitest'
import { setTimeout as delay } from 'node:timers/promises'
import { startRelayProcess, type RelayProcess } from '../bench/relay/relay-process.ts'
import { startVisitors } from './support/attackers.ts'
import { IS_FULL_LENGTH, VISITORS } from './support/length.ts'

const MIB = 1_048_576
/** What peer ids that came and left may leave behind, in bytes. */
const MOST_BYTES = 10 * MIB
/** Visits after which all code has run: what a relay takes by then is no visitor's. */
const WARM = 300
/** Milliseconds after which nothing is kept of who left. */
const FORGOTTEN = 35_000

const ends: (() => Promise<void>)[] = []
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })

/** The least of a few looks: what is freed by a collection is not all given back at once. */
async function settled (relay: RelayProcess): Promise<number> {
  const looks: number[] = []
  for (let look = 0; look < 4; look++) {
    looks.push(await relay.collectedMemory())
    await delay(500)
  }
  return Math.min(...looks)
}

it(`${VISITORS.toLocaleString('en')} peer ids that come and leave are forgotten by a relay`, async () => {
  const relay = await startRelayProcess([], { collects: true })
  ends.push(relay.stop)
  const visit = async (count: number): Promise<void> => {
    const { done, stop } = startVisitors({ address: relay.address, count })
    try {
      expect(await done).toBe(count)
    } finally {
      await stop()
    }
    await delay(FORGOTTEN)
  }
  await visit(WARM)
  const before = await settled(relay)
  await visit(VISITORS)
  const more = await settled(relay) - before
  console.log(`${VISITORS.toLocaleString('en')} peer ids leave ${(more / MIB).toFixed(1)} MiB behind, beyond ${(before / MIB).toFixed(0)} MiB`)
  expect(more).toBeLessThan(MOST_BYTES)
}, IS_FULL_LENGTH ? 1_200_000 : 300_000)
