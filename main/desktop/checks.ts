import type { Check } from '../../preload/contract/index.ts'
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

/** Makes the keeper of checks. Each change is pushed. */
export function createChecks ({ pushes, now = Date.now }: { readonly pushes: Pick<Pushes, 'push'>, readonly now?: () => number }): Checks {
  let last: Check | undefined
  let running: AbortController | undefined

  function show (next: Check): void {
    last = next
    pushes.push('check:change', next)
  }

  function stop (): void {
    running?.abort()
    running = undefined
    if (last?.state === 'running') show({ ...last, state: 'stopped', took: now() - last.startedAt })
  }

  return {
    start: (node, person) => {
      stop()
      const controller = new AbortController()
      running = controller
      const first: Check = { id: (last?.id ?? 0) + 1, state: 'running', startedAt: now(), ...(person === undefined ? {} : { person }), steps: [] }
      show(first)
      const heard = (change: Partial<Check>): void => {
        if (last !== undefined && running === controller) show({ ...last, ...change })
      }
      void node.check({ signal: controller.signal, ...(person === undefined ? {} : { person }), onChange: ({ steps }) => { heard({ steps }) } })
        .then((result) => { heard({ ...result, state: 'done', took: now() - first.startedAt }) })
        .finally(() => { if (running === controller) running = undefined })
      return last ?? first
    },
    stop,
    last: () => last
  }
}
