import { expect, it } from 'vitest'
import { percentile } from '../bench/relay/measure.ts'
import { DESKTOP_ATTACKS } from './support/desktop-attacks.ts'
import { attackDesktop } from './support/window-scene.ts'

const MB = 1_000_000
const MIB = 1_048_576
/**
 * What an attack may do to a window, in milliseconds and bytes. Where the computer itself is slower than that, three
 * times what the same posts take without an attack.
 */
const MOST = { loopP99: 50, callP99: 100, onScreen: 2_000, memory: 100 * MIB, disk: 20 * MB } as const

const names = Object.keys(DESKTOP_ATTACKS) as (keyof typeof DESKTOP_ATTACKS)[]
it.each(names)('%s: a window notices little, and loses nothing', async (attack) => {
  const { quiet, loop, calls, took, reachability, before, most, after, disk } = await attackDesktop(attack)
  const ms = (times: readonly number[]): string => [0.5, 0.99, 1].map((share) => percentile(times, share).toFixed(0)).join(' / ')
  console.log(`${attack}: loop ${ms(loop)} ms (${ms(quiet.loop)} before), calls ${ms(calls)} ms (${ms(quiet.calls)} before), ${String(took.length)} honest posts on the screen after ${ms(took)} ms; ` +
    `memory ${(before / MIB).toFixed(0)} MiB, at most ${((most - before) / MIB).toFixed(0)} more, ${((after - before) / MIB).toFixed(0)} left; ${(disk / MB).toFixed(1)} MB on the disk`)
  expect(percentile(loop, 0.99)).toBeLessThan(Math.max(MOST.loopP99, 3 * percentile(quiet.loop, 0.99)))
  expect(percentile(calls, 0.99)).toBeLessThan(Math.max(MOST.callP99, 3 * percentile(quiet.calls, 0.99)))
  expect(percentile(took, 1)).toBeLessThan(MOST.onScreen)
  expect(after - before).toBeLessThan(MOST.memory)
  expect(disk).toBeLessThan(MOST.disk)
  expect(reachability).toEqual(['relayed'])
})
