import { expect, it } from 'vitest'
import { MEMORY_ATTACKS } from './support/memory-attacks.ts'
import { attackRelay } from './support/relay-scene.ts'

const MIB = 1_048_576
/** What an attack may leave behind once memory has settled, and what it may take meanwhile, garbage included. */
const MOST_BYTES = 100 * MIB
const MOST_MEANWHILE = 200 * MIB
/** Milliseconds that an honest post may take at most (p99), or three times as long as without the attack. */
const MOST_MS = 250

const names = Object.keys(MEMORY_ATTACKS) as (keyof typeof MEMORY_ATTACKS)[]
it.each(names)('%s fill no memory of a relay', async (attack) => {
  const { before, most, after, quiet, during, delivered } = await attackRelay(attack, 0.9 * MOST_BYTES)
  const mib = (bytes: number): string => (bytes / MIB).toFixed(0)
  console.log(`${attack}: ${mib(before)} MiB, at most ${mib(most - before)} more, ${mib(after - before)} left; honest p99 ${quiet.toFixed(0)} ms before, ${during.toFixed(0)} during`)
  expect(delivered).toBe(1)
  expect(after - before).toBeLessThan(MOST_BYTES)
  expect(most - before).toBeLessThan(MOST_MEANWHILE)
  expect(during).toBeLessThan(Math.max(MOST_MS, 3 * quiet))
})
