import type { Protocol, Simulation, SimulationRequest, SimulationResult } from '../../../preload/contract/index.ts'
import { monotonicNow } from '../../node/clock.ts'
import { startSimulation, type SimulationRun } from '../../node/simulation/start-simulation.ts'
import type { Contender, SimulationOptions, SimulationRow } from '../../node/simulation/types.ts'
import { sentenceOf } from '../errors.ts'
import type { Pushes } from '../push.ts'

/** Networks inside this computer: one at a time, the last one kept. */
export interface Simulations {
  /** Starts one, and ends the one before it. */
  readonly start: (request: SimulationRequest) => Simulation
  /** Ends the one that runs, its thread with it. */
  readonly stop: () => void
  /** The last one; undefined before the first. */
  readonly last: () => Simulation | undefined
}

/** What {@link createSimulations} stands on. */
export interface SimulationsDeps {
  readonly pushes: Pick<Pushes, 'push'>
  /** Absolute path of the worker's program. @default its source */
  readonly workerPath?: string | undefined
  /** @default the worker */
  readonly run?: (options: SimulationOptions, run: SimulationRun) => Promise<readonly SimulationRow[]>
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
  /** Milliseconds, from anywhere. @default monotonicNow */
  readonly elapsed?: () => number
}

const CONTENDERS: readonly Protocol[] = ['floodsub', 'gossipsub']

/** Makes the keeper of simulations. Each change is pushed. */
export function createSimulations ({ pushes, workerPath, run = startSimulation, now = Date.now, elapsed = monotonicNow }: SimulationsDeps): Simulations {
  let last: Simulation | undefined
  let running: AbortController | undefined
  let began = 0

  function show (next: Simulation): void {
    last = next
    pushes.push('simulation:change', next)
  }

  function end (change: Pick<Simulation, 'state'> & Partial<Simulation>): void {
    if (last?.state !== 'running') return
    const { step: _, ...rest } = last
    show({ ...rest, ...change, took: elapsed() - began })
  }

  function stop (): void {
    running?.abort(new Error('the simulation is stopped'))
    running = undefined
    end({ state: 'stopped' })
  }

  return {
    start: (request) => {
      stop()
      const controller = new AbortController()
      running = controller
      began = elapsed()
      const first: Simulation = { id: (last?.id ?? 0) + 1, request, state: 'running', startedAt: now(), results: [] }
      show(first)
      const settle = (change: () => Parameters<typeof end>[0]): void => {
        if (running !== controller) return
        running = undefined
        end(change())
      }
      run({ graph: request.graph, posts: request.posts, contenders: CONTENDERS }, {
        signal: controller.signal,
        ...(workerPath === undefined ? {} : { workerPath }),
        onProgress: ({ contender, stage, done, of }) => {
          if (running === controller && last !== undefined && isProtocol(contender)) show({ ...last, step: { protocol: contender, stage, done, of } })
        }
      }).then(
        (rows) => { settle(() => ({ state: 'done', results: rows.flatMap(toResult) })) },
        (error: unknown) => { settle(() => ({ state: 'failed', trouble: sentenceOf(error) })) }
      )
      return first
    },
    stop,
    last: () => last
  }
}

function toResult ({ protocol, nodes, degree, delivered, copies, duplicatesPerPost, bytesPerPost, p50Ms, p99Ms }: SimulationRow): SimulationResult[] {
  return isProtocol(protocol) ? [{ protocol, nodes, degree, delivered, copies, duplicatesPerPost, bytesPerPost, p50Ms, p99Ms }] : []
}

function isProtocol (contender: Contender): contender is Protocol {
  return contender !== 'gossipsub-stock'
}
