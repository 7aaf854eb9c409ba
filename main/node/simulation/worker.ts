import { parentPort, workerData } from 'node:worker_threads'
import { NodeError } from '../errors.ts'
import { simulate } from './simulate.ts'
import type { SimulationOptions, SimulationProgress, SimulationRow } from './types.ts'

/** What the worker says: where it is, then what came out. */
export type WorkerMessage =
  | { readonly kind: 'progress', readonly progress: SimulationProgress }
  | { readonly kind: 'done', readonly rows: readonly SimulationRow[] }
  | { readonly kind: 'failed', readonly isBadRequest: boolean, readonly message: string }

const say = (message: WorkerMessage): void => { parentPort?.postMessage(message) }

simulate(workerData as SimulationOptions, (progress) => { say({ kind: 'progress', progress }) }).then(
  (rows) => { say({ kind: 'done', rows }) },
  (error: unknown) => { say({ kind: 'failed', isBadRequest: error instanceof NodeError, message: error instanceof Error ? error.message : String(error) }) }
)
