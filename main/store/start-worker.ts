import { Worker } from 'node:worker_threads'
import type { WorkerInput } from './worker/messages.ts'

/** Starts the store's worker; without a path its source, which Node 24 reads as it is. */
export function startWorker (workerData: WorkerInput, workerPath: string | undefined): Worker {
  const source = new URL('./worker/entry.ts', import.meta.url)
  return new Worker(workerPath ?? source, { workerData, execArgv: [] })
}
