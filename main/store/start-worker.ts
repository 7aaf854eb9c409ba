import { Worker } from 'node:worker_threads'
import type { WorkerInput } from './worker/messages.ts'

/** Beside a program that is bundled lies its worker; else its source, which Node 24 reads as it is. */
const WORKER = import.meta.url.endsWith('.ts') ? './worker/entry.ts' : './store-worker.cjs'

/** Starts the store's worker; without a path the one that {@link WORKER} names. */
export function startWorker (workerData: WorkerInput, workerPath: string | undefined): Worker {
  return new Worker(workerPath ?? new URL(WORKER, import.meta.url), { workerData, execArgv: [] })
}
