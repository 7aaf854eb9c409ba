import type { MessagePort } from 'node:worker_threads'
import type { OpenReport } from '../types.ts'
import type { CallName, TopicChanges } from './core.ts'
import type { Failure } from './failure.ts'
import type { AsidePost } from './salvage.ts'

/** What the worker is started with. */
export interface WorkerStart {
  /** Absolute path of the SQLite module. */
  readonly driverPath: string
  /** Is closed when the module is loaded, or could not be. */
  readonly loading: MessagePort
}

/** The first message: whether it serves a store, or reads a database that was set aside. */
export interface WorkerInput {
  readonly work: 'store' | 'salvage'
  readonly path: string
  readonly key: Uint8Array | undefined
  readonly maxPages?: number | undefined
}

/** A call, with a number that its answer carries too. */
export interface Call {
  readonly id: number
  readonly name: CallName | 'close'
  readonly args: readonly unknown[]
}

/** What the reader of a database that was set aside is told; 'stop' is followed by its end. */
export type SalvageWish = 'next' | 'stop'

/**
 * What the worker says: first how the opening went, then one answer a call.
 * Of a database that was set aside, a page whenever it is asked; an empty one is the last.
 */
export type WorkerMessage =
  | { readonly kind: 'open', readonly report: OpenReport, readonly topics: TopicChanges }
  | { readonly kind: 'refused', readonly failure: Failure }
  | { readonly kind: 'answer', readonly id: number, readonly value?: unknown, readonly failure?: Failure, readonly topics: TopicChanges }
  | { readonly kind: 'page', readonly posts: readonly AsidePost[] }
