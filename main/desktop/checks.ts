import type { Check } from '../../preload/contract/index.ts'
import { monotonicNow } from '../node/clock.ts'
import type { NatterNode } from '../node/types.ts'
import type { Pushes } from './push.ts'

/** Checks of why nobody connects: one at a time, the last one kept. */
export interface Checks {
  /** Starts one, and ends the one before it. */
  readonly start: (node: NatterNode, person: string | undefined) => Check
  /** Ends the one that runs; what it found stays. */
  readonly stop: () => void
  /** The last one; undefined before the first. */
  readonly last: () => Check | undefined
}

/** What {@link createChecks} depends on. */
export interface ChecksDeps {
  readonly pushes: Pick<Pushes, 'push'>
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
  /** Milliseconds, from anywhere. @default monotonicNow */
  readonly elapsed?: () => number
}

/** Makes the keeper of checks. Each change is pushed. */
export function createChecks ({ pushes, now = Date.now, elapsed = monotonicNow }: ChecksDeps): Checks {
  let last: Check | undefined
  let running: AbortController | undefined
  let began = 0

  function show (next: Check): void {
    last = next
    pushes.push('check:change', next)
  }

  function stop (): void {
    running?.abort()
    running = undefined
    if (last?.state === 'running') show({ ...last, state: 'stopped', took: elapsed() - began })
  }

  return {
    start: (node, person) => {
      stop()
      const controller = new AbortController()
      running = controller
      began = elapsed()
      const first: Check = { id: (last?.id ?? 0) + 1, state: 'running', startedAt: now(), ...(person === undefined ? {} : { person }), steps: [] }
      show(first)
      const heard = (change: Partial<Check>): void => {
        if (last !== undefined && running === controller) show({ ...last, ...change })
      }
      void node.check({ signal: controller.signal, ...(person === undefined ? {} : { person }), onChange: ({ steps }) => { heard({ steps }) } })
        .then((result) => { heard({ ...result, state: 'done', took: elapsed() - began }) })
        .finally(() => { if (running === controller) running = undefined })
      return last ?? first
    },
    stop,
    last: () => last
  }
}
