import { Worker } from 'node:worker_threads'
import type { WorkerStart } from './worker/messages.ts'

/** What {@link startWorker} needs. */
export interface WorkerOptions extends WorkerStart {
  /** The worker's program. @default the source file, for Node that reads TypeScript */
  readonly workerPath?: string | undefined
}

/**
 * Starts a worker of the store, which loads SQLite and waits for its
 * `WorkerInput`, the first message. It takes about 80 ms to be there (measured),
 * on a core of its own: an app starts it before the key is known.
 */
export function startWorker ({ workerPath, ...workerData }: WorkerOptions): Worker {
  const worker = new Worker(workerPath ?? besideThis(), { workerData, execArgv: [] })
  worker.on('error', (error) => { console.error('natter: the store\'s worker failed:', error) })
  return worker
}

/** Beside a program that is bundled lies its worker; else its source, which Node 24 reads as it is. */
function besideThis (): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker/entry.ts' : './store-worker.cjs', import.meta.url)
}
