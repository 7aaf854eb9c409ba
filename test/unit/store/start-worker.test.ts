import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startWorker, untilWorkersLoaded } from '../../../main/store/start-worker.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-worker-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

/** A module that takes its time, and leaves a file when it is done. */
function slowDriver (then = ''): { driverPath: string, isLoaded: () => boolean } {
  const driverPath = join(folder, 'slow.cjs')
  writeFileSync(driverPath, `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500); require('node:fs').writeFileSync(__dirname + '/loaded', ''); ${then}`)
  return { driverPath, isLoaded: () => existsSync(join(folder, 'loaded')) }
}

it('nobody waits where no worker loads', async () => {
  await untilWorkersLoaded()
})

it.each(['', 'throw new Error("no use")'])('the end of a process waits for a worker that loads: %s', async (then) => {
  const { driverPath, isLoaded } = slowDriver(then)
  const worker = startWorker({ driverPath })
  await untilWorkersLoaded()
  expect(isLoaded()).toBe(true)
  await worker.terminate()
})

it('the end of a process does not wait for a worker that could not begin, or is gone', async () => {
  const none = startWorker({ driverPath: slowDriver().driverPath, workerPath: join(folder, 'nowhere.cjs') })
  await once(none, 'error')
  await untilWorkersLoaded()
  const gone = startWorker({ driverPath: slowDriver().driverPath })
  await once(gone, 'online')
  await gone.terminate()
  await untilWorkersLoaded()
})
