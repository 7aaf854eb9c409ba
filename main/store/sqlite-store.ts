import type { Worker } from 'node:worker_threads'
import { StoreError } from './errors.ts'
import { startWorker } from './start-worker.ts'
import type { Store, TopicState } from './types.ts'
import type { CallName, TopicChanges } from './worker/core.ts'
import type { Call, WorkerInput, WorkerMessage } from './worker/messages.ts'
import { EMPTY_TOPIC } from './worker/topic-state.ts'

/** How {@link createStore} opens a database. */
export interface StoreOptions {
  /** The database's file; its folder is made where only that is missing. */
  readonly path: string
  /** 32 bytes that the file is encrypted with; undefined: it is not. */
  readonly key: Uint8Array | undefined
  /**
   * Absolute path of the SQLite module that the worker loads: what
   * `require.resolve('better-sqlite3-multiple-ciphers')` says.
   */
  readonly driverPath: string
  /** The worker's program. @default the source file, for Node that reads TypeScript */
  readonly workerPath?: string
  /** A worker over `driverPath` that was started beforehand and has no work yet; one that ended is left alone. @default one is started */
  readonly worker?: Worker | undefined
  /** The largest size of the file in pages of 4 KiB, for tests of a full disk. @default none */
  readonly maxPages?: number
}

interface Waiting { readonly resolve: (value: unknown) => void, readonly reject: (error: StoreError) => void }

const CALLS = ['append', 'setDelivery', 'setHeld', 'list', 'queued', 'search', 'markRead', 'setTopic', 'deleteTopic', 'deleteAuthor', 'prune', 'trim', 'peers', 'knowPeer', 'goneIn', 'areGone', 'names', 'ranges', 'entries', 'payloads', 'read'] as const satisfies readonly CallName[]

/**
 * Opens the store: SQLite in a worker of its own, so that nothing here waits
 * for the disk. A database that is damaged, of a newer version or of another
 * key is set aside, a new one begun, and `report.aside` says so.
 *
 * @throws {StoreError} `ERR_DISK`, `ERR_DISK_FULL`
 */
export async function createStore ({ workerPath, driverPath, worker: spare, ...options }: StoreOptions): Promise<Store> {
  // The id of a worker that ended is negative.
  const worker = spare !== undefined && spare.threadId > 0 ? spare : startWorker({ driverPath, workerPath })
  const topics = new Map<string, TopicState>()
  const waiting = new Map<number, Waiting>()
  const opened = Promise.withResolvers<Store['report']>()
  const exited = Promise.withResolvers<undefined>()
  let count = 0
  let closed: Promise<void> | undefined
  let isGone = false

  function learn (changes: TopicChanges): void {
    for (const [id, state] of changes) {
      if (state === undefined) topics.delete(id)
      else topics.set(id, state)
    }
  }

  function end (): void {
    isGone = true
    const error = new StoreError('ERR_CLOSED', 'The part of Natter that keeps your posts stopped. Start Natter again; what was shown as kept is safe.')
    opened.reject(error)
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
    exited.resolve(undefined)
  }

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'refused') {
      opened.reject(new StoreError(message.failure.code, message.failure.message))
      return
    }
    if (message.kind === 'page') return
    learn(message.topics)
    if (message.kind === 'open') {
      opened.resolve(message.report)
      return
    }
    const { id, value, failure } = message
    const call = waiting.get(id)
    waiting.delete(id)
    if (failure === undefined) call?.resolve(value)
    else call?.reject(new StoreError(failure.code, failure.message))
  })
  worker.on('exit', end)
  const input: WorkerInput = { work: 'store', ...options }
  worker.postMessage(input)

  function ask (name: Call['name'], args: readonly unknown[]): Promise<unknown> {
    if (closed !== undefined) return Promise.reject(new StoreError('ERR_CLOSED', 'The store was closed, as Natter is quitting: nothing more is kept.'))
    if (isGone) return Promise.reject(new StoreError('ERR_CLOSED', 'The part of Natter that keeps your posts stopped. Start Natter again; what was shown as kept is safe.'))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = ++count
    waiting.set(id, { resolve, reject })
    const call: Call = { id, name, args }
    worker.postMessage(call)
    return promise
  }

  const report = await opened.promise
  const calls = Object.fromEntries(CALLS.map((name) => [name, (...args: readonly unknown[]) => ask(name, args)]))
  return {
    ...calls as unknown as Pick<Store, CallName>,
    report,
    topic: (topic) => topics.get(topic) ?? EMPTY_TOPIC,
    close: () => {
      closed ??= (isGone ? Promise.resolve(undefined) : ask('close', [])).then(() => exited.promise, () => exited.promise).then(() => undefined)
      return closed
    }
  }
}
