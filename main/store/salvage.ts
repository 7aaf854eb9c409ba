import { once } from 'node:events'
import { StoreError } from './errors.ts'
import type { StoreOptions } from './sqlite-store.ts'
import { startWorker } from './start-worker.ts'
import type { SalvageWish, WorkerInput, WorkerMessage } from './worker/messages.ts'
import type { AsidePost } from './worker/salvage.ts'

export type { AsidePost }

/**
 * What can be read of a database that was set aside, in the order in which it
 * was shown; what cannot be read is left out. A worker reads it page by page,
 * no faster than the posts are taken. Nothing of it has been checked: the
 * payloads are to be verified like any that come from elsewhere.
 *
 * @param options `path` is that of the file that was set aside
 * @throws {StoreError} `ERR_DISK` where the worker cannot run
 */
export async function * readAside ({ workerPath, driverPath, ...input }: Pick<StoreOptions, 'path' | 'key' | 'driverPath' | 'workerPath'>): AsyncGenerator<AsidePost, void, undefined> {
  const worker = startWorker({ driverPath, workerPath })
  // Without a message the worker ended by itself; `once` rejects on its error.
  const gone = once(worker, 'exit').then(() => undefined)
  gone.catch(() => { /* Told by the race below. */ })
  const tell = (message: WorkerInput | SalvageWish): void => { worker.postMessage(message) }
  try {
    tell({ work: 'salvage', ...input })
    for (;;) {
      const answer = once(worker, 'message').then(([message]) => message as WorkerMessage)
      tell('next')
      const message = await Promise.race([answer, gone])
      if (message?.kind === 'refused') throw new StoreError(message.failure.code, message.failure.message)
      if (message?.kind !== 'page') throw new StoreError('ERR_DISK', 'The file that was set aside cannot be read: the part of Natter that reads it stopped.')
      if (message.posts.length === 0) return
      yield * message.posts
    }
  } finally {
    // It may have a copy to remove.
    tell('stop')
    await gone.catch(() => { /* It has ended either way. */ })
  }
}
