import type { MessagePort } from 'node:worker_threads'
import { StoreError } from '../errors.ts'
import type { NewPost } from '../types.ts'
import type { Core } from './core.ts'
import { failureOf, toStoreError } from './failure.ts'
import type { Call, WorkerMessage } from './messages.ts'

/** Posts that one transaction gathers: more would make the calls behind them wait. */
const GATHERED = 1_000

/** Answers calls in the order in which they came; appends that wait together share a transaction. */
export function serve (core: Core, port: MessagePort): void {
  let waiting: Call[] = []
  let isScheduled = false

  function answer (id: number, outcome: unknown): void {
    const topics = core.takeChanges()
    const message: WorkerMessage = outcome instanceof StoreError
      ? { kind: 'answer', id, failure: failureOf(outcome), topics }
      : { kind: 'answer', id, value: outcome, topics }
    port.postMessage(message)
  }

  function run ({ id, name, args }: Call): void {
    let outcome: unknown
    try {
      if (name === 'close') core.close()
      else {
        const call: (...args: never[]) => unknown = core.calls[name]
        outcome = call(...args as never[])
      }
    } catch (error) {
      outcome = toStoreError(error)
    }
    answer(id, outcome)
    if (name === 'close') port.close()
  }

  function work (): void {
    isScheduled = false
    const calls = waiting
    waiting = []
    for (let index = 0; index < calls.length;) {
      const appends = appendsFrom(calls, index)
      const call = calls[index]
      if (call === undefined) return
      index += Math.max(1, appends.length)
      if (appends.length === 0) run(call)
      else for (const [at, outcome] of core.appendAll(appends.map(postsOf)).entries()) answer(appends[at]?.id ?? 0, outcome)
    }
  }

  port.on('message', (call: Call) => {
    waiting.push(call)
    if (isScheduled) return
    isScheduled = true
    // After the messages that have come already.
    setImmediate(work)
  })
}

/** The appends that follow each other from an index on. */
function appendsFrom (calls: readonly Call[], index: number): readonly Call[] {
  let end = index
  for (let posts = 0; calls[end]?.name === 'append' && posts < GATHERED; end++) posts += postsOf(calls[end]).length
  return calls.slice(index, end)
}

function postsOf (call: Call | undefined): readonly NewPost[] {
  return (call?.args[0] ?? []) as readonly NewPost[]
}
