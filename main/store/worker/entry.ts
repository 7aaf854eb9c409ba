import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { openCore } from './core.ts'
import { failureOf, toStoreError } from './failure.ts'
import type { SalvageWish, WorkerInput, WorkerMessage, WorkerStart } from './messages.ts'
import { salvage } from './salvage.ts'
import { serve } from './serve.ts'

const port = parentPort
if (port === null) throw new Error('This file runs as a worker of the store.')
const say = (message: WorkerMessage): void => { port.postMessage(message) }

const load = loadDriver(workerData as WorkerStart)

port.once('message', ({ work, path, key, maxPages }: WorkerInput) => {
  try {
    const module = load()
    if (work === 'salvage') {
      const pages = salvage({ path, key, module })
      port.on('message', (wish: SalvageWish) => {
        const { value } = wish === 'next' ? pages.next() : pages.return()
        say({ kind: 'page', posts: value ?? [] })
        if (value === undefined) port.close()
      })
    } else {
      const core = openCore({ path, key, module, maxPages })
      serve(core, port)
      say({ kind: 'open', report: core.report, topics: core.topics() })
    }
  } catch (error) {
    say({ kind: 'refused', failure: failureOf(toStoreError(error)) })
    port.close()
  }
})

/** Loads SQLite now; a failure is for who asks, as before that nobody listens. */
function loadDriver ({ driverPath, loading }: WorkerStart): () => unknown {
  try {
    const module: unknown = createRequire(driverPath)(driverPath)
    return () => module
  } catch (error) {
    return () => { throw error }
  } finally {
    loading.close()
  }
}
