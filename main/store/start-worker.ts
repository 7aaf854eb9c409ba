import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { WorkerStart } from './worker/messages.ts'

/** What {@link startWorker} needs. */
export interface WorkerOptions extends Pick<WorkerStart, 'driverPath'> {
  /** The worker's program. @default the source file, for Node that reads TypeScript */
  readonly workerPath?: string | undefined
}

/**
 * Starts a worker of the store, which loads SQLite and waits for its
 * `WorkerInput`, the first message. It takes about 80 ms to be there (measured),
 * on a core of its own: an app starts it before the key is known.
 */
export function startWorker ({ workerPath, driverPath }: WorkerOptions): Worker {
  const { port1: here, port2: loading } = new MessageChannel()
  const workerData: WorkerStart = { driverPath, loading }
  const worker = new Worker(workerPath ?? besideThis(), { workerData, transferList: [loading], execArgv: [] })
  worker.on('error', (error) => { console.error('natter: the store\'s worker failed:', error) })
  const loaded = once(here, 'close').then(() => { workersLoading.delete(loaded) })
  workersLoading.add(loaded)
  return worker
}

/** One for each worker that has not loaded SQLite yet. */
const workersLoading = new Set<Promise<void>>()

/**
 * Resolves when no worker of this process is loading SQLite. A process that
 * ends amid that is aborted: Node.js stops the worker, and the module throws
 * where nothing may be thrown (`FATAL ERROR: … napi_throw`, seen in one start
 * of 60 that failed).
 */
export async function untilWorkersLoaded (): Promise<void> {
  await Promise.all(workersLoading)
}

/** Beside a program that is bundled lies its worker; else its source, which Node 24 reads as it is. */
function besideThis (): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker/entry.ts' : './store-worker.cjs', import.meta.url)
}
