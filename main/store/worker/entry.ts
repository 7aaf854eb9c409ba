import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { openCore } from './core.ts'
import { failureOf, toStoreError } from './failure.ts'
import type { SalvageWish, WorkerInput, WorkerMessage } from './messages.ts'
import { salvage } from './salvage.ts'
import { serve } from './serve.ts'

const port = parentPort
if (port === null) throw new Error('This file runs as a worker of the store.')
const say = (message: WorkerMessage): void => { port.postMessage(message) }

try {
  const { work, path, key, driverPath, maxPages } = workerData as WorkerInput
  const module: unknown = createRequire(driverPath)(driverPath)
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
