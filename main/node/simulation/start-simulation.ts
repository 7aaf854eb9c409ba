import { Worker } from 'node:worker_threads'
import { NodeError } from '../errors.ts'
import type { SimulationOptions, SimulationProgress, SimulationRow } from './types.ts'
import type { WorkerMessage } from './worker.ts'

/** How a simulation is run. */
export interface SimulationRun {
  readonly onProgress?: (progress: SimulationProgress) => void
  /** Ends it, at once. */
  readonly signal?: AbortSignal
  /** The worker's program. @default the source file, for Node that reads TypeScript */
  readonly workerPath?: string
}

/**
 * Runs a simulation in a thread of its own, so that whoever asks stays smooth.
 *
 * @throws {NodeError} `ERR_BAD_SIMULATION` for options out of bounds; what `signal` says once it is aborted
 */
export async function startSimulation (options: SimulationOptions, { onProgress, signal, workerPath }: SimulationRun = {}): Promise<readonly SimulationRow[]> {
  signal?.throwIfAborted()
  const worker = new Worker(workerPath ?? besideThis(), { workerData: options, execArgv: [] })
  const stop = (): void => { void worker.terminate() }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise<readonly SimulationRow[]>((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'progress') onProgress?.(message.progress)
        else if (message.kind === 'done') resolve(message.rows)
        else reject(message.isBadRequest ? new NodeError('ERR_BAD_SIMULATION', message.message) : new Error(message.message))
      })
      worker.on('error', reject)
      worker.on('exit', () => { reject(signal?.aborted === true ? signal.reason as Error : new Error('the simulation ended early')) })
    })
  } finally {
    signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

/** Beside a program that is bundled lies the worker; else its source, which Node 24 reads as it is. */
function besideThis (): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './simulation-worker.cjs', import.meta.url)
}
