import { spawnSync } from 'node:child_process'
import { isWithoutDisplay, networkPrefix, suites } from '../../../resources/tools/suites.mjs'

/** Set for the program that runs apart already. */
const APART = 'NATTER_BENCH_APART'

/**
 * Runs the same program once more, in a network of its own where the system
 * allows it and on an invisible display where there is none.
 *
 * @param words script and arguments of this program
 * @returns its exit code; undefined: this is it, or there is nothing to be apart from
 */
export function apartFrom (words: readonly string[]): number | undefined {
  if (process.env[APART] !== undefined) return undefined
  const suite = suites.find(({ apart }) => apart === true)
  const prefix = [
    ...suite === undefined ? [] : networkPrefix(suite),
    ...isWithoutDisplay() ? ['xvfb-run', '-a', '-s', '-screen 0 1280x900x24 -noreset'] : []
  ]
  const [program, ...rest] = prefix
  if (program === undefined) return undefined
  const { status } = spawnSync(program, [...rest, process.execPath, ...words], { stdio: 'inherit', env: { ...process.env, [APART]: '1' } })
  return status ?? 1
}
