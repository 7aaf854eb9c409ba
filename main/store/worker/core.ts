import { mkdirSync, existsSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { StoreError } from '../errors.ts'
import type { Appended, NewPost, OpenReport, Store, TopicState } from '../types.ts'
import { createAppender } from './append.ts'
import { damageMark, isStump, setAside, type AsideReason } from './aside.ts'
import { isOtherKey } from './cipher.ts'
import { createContext, type Context } from './context.ts'
import { createDeliveries } from './delivery.ts'
import { createEraser } from './erase.ts'
import { isDamage, sqliteCode, toStoreError } from './failure.ts'
import { createLogKeeper } from './log-size.ts'
import { openFile, UnusableError, type FileOptions } from './open-file.ts'
import { createPages } from './pages.ts'
import { stateOf } from './topics.ts'
import { createTrimmer } from './trim.ts'

/** The store's calls that go to the core, by name. */
export type CallName = Exclude<keyof Store, 'report' | 'topic' | 'close'>
/** The store's calls, synchronous. */
export type Calls = { readonly [Name in CallName]: (...args: Parameters<Store[Name]>) => Awaited<ReturnType<Store[Name]>> }
/** Topics that changed; undefined: gone. */
export type TopicChanges = readonly (readonly [string, TopicState | undefined])[]

type TopicChange = Parameters<Store['setTopic']>[1]

/** How {@link openCore} opens a database. */
export interface CoreOptions extends FileOptions {
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
}

/** The store itself, synchronous; it lives in a worker. Every call throws {@link StoreError} alone. */
export interface Core {
  readonly report: OpenReport
  readonly calls: Calls
  /** Several appends, each all or none, in one transaction where that goes well. */
  readonly appendAll: (appends: readonly (readonly NewPost[])[]) => readonly (Appended | StoreError)[]
  readonly topics: () => TopicChanges
  readonly takeChanges: () => TopicChanges
  readonly close: () => void
}

/**
 * Opens the database at a path. One that cannot be gone on with is set aside
 * and a new one begun; {@link Core.report} says so.
 *
 * @throws {StoreError} `ERR_DISK`, `ERR_DISK_FULL`
 */
export function openCore (options: CoreOptions): Core {
  const { path, now = Date.now } = options
  try {
    // Not recursive: Node 24 then tries for ever in folders that take no new ones, such as /proc.
    if (!existsSync(dirname(path))) mkdirSync(dirname(path))
    let aside: OpenReport['aside']
    if (existsSync(damageMark(path)) || isStump(path)) aside = { name: setAside(path, 'damaged', now()), reason: 'damaged' }
    try {
      return createCore(options, openContext(options, now), aside)
    } catch (error) {
      const reason = whyUnusable(error, options)
      if (reason === undefined) throw error
      aside = { name: setAside(path, reason, now()), reason }
      return createCore(options, openContext(options, now), aside)
    }
  } catch (error) {
    throw toStoreError(error, resolve(path))
  }
}

function openContext (options: CoreOptions, now: () => number): Context {
  const db = openFile(options)
  try {
    return createContext(db, now)
  } catch (error) {
    db.close()
    throw error
  }
}

function whyUnusable (error: unknown, { path, key }: CoreOptions): AsideReason | undefined {
  if (error instanceof UnusableError) return error.reason
  if (!isDamage(error) && !isMissingSchema(error)) return undefined
  return sqliteCode(error) === 'SQLITE_NOTADB' && isOtherKey(path, key) ? 'other-key' : 'damaged'
}

/** 'no such table' and the like, while statements are prepared: the schema is not whole. */
function isMissingSchema (error: unknown): boolean {
  return sqliteCode(error) === 'SQLITE_ERROR'
}

function createCore (options: CoreOptions, context: Context, aside: OpenReport['aside']): Core {
  const { topics, peers } = context
  const append = createAppender(context)
  const { list, queued, read, payloads, search } = createPages(context)
  const { setDelivery, setHeld } = createDeliveries(context)
  const log = createLogKeeper(context.db, options.path)
  const { eraseRows, prune, deleteAuthor, deleteTopic } = createEraser(context)

  /** Leaves word for the next start where the file turns out damaged. */
  function guard<T> (work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (isDamage(error)) markDamaged(options.path)
      throw toStoreError(error)
    }
  }

  const guarded = <Args extends readonly unknown[], T> (work: (...args: Args) => T) => (...args: Args): T => guard(() => work(...args))
  /** The same for what may write. */
  const writes = <Args extends readonly unknown[], T> (work: (...args: Args) => T) => guarded((...args: Args): T => {
    const value = work(...args)
    log.ended()
    return value
  })

  function appendAll (appends: readonly (readonly NewPost[])[]): readonly (Appended | StoreError)[] {
    try {
      const appended = context.transact(() => append(appends))
      log.ended(appends.reduce((sum, posts) => sum + posts.length, 0))
      return appended
    } catch (error) {
      // One that cannot be kept must not take others with it.
      if (appends.length > 1) return appends.flatMap((posts) => appendAll([posts]))
      if (isDamage(error)) markDamaged(options.path)
      return [toStoreError(error)]
    }
  }

  const calls: Calls = {
    append: guarded((posts: readonly NewPost[]) => {
      const [appended] = context.transact(() => append([posts]))
      log.ended(posts.length)
      return appended ?? { posts: [], unwanted: [] }
    }),
    setDelivery: writes(setDelivery),
    setHeld: writes(setHeld),
    list: guarded(list),
    queued: guarded(queued),
    search: guarded(search),
    markRead: writes((id: string) => {
      const topic = topics.find(id)
      if (topic === undefined || topic.unread === 0) return
      context.transact(() => { topics.save({ ...topic, unread: 0, firstUnread: undefined, readCame: topic.came }) })
    }),
    setTopic: writes((id: string, change: TopicChange) => {
      context.transact(() => {
        const before = topics.need(id)
        const isRoomier = change.maxBytes === null || (change.maxBytes ?? 0) > (before.maxBytes ?? Infinity)
        topics.save({ ...(isRoomier ? context.gone.clear(before) : before), ...change })
      })
    }),
    deleteTopic: writes(deleteTopic),
    deleteAuthor: writes(deleteAuthor),
    prune: writes(prune),
    trim: writes(createTrimmer(context, eraseRows)),
    peers: guarded(peers.recent),
    knowPeer: writes((peerId: string) => { context.transact(() => { peers.know(peers.need(peerId, context.now())) }) }),
    goneIn: guarded((id: string, prefixes: readonly string[]) => {
      const topic = topics.find(id)
      return topic === undefined ? [] : prefixes.flatMap((prefix) => context.gone.within(topic.number, prefix))
    }),
    areGone: guarded((id: string, ids: readonly Uint8Array[]) => {
      const topic = topics.find(id)
      return ids.map((one) => topic !== undefined && context.gone.hasId(topic.number, one))
    }),
    names: guarded(peers.names),
    ranges: guarded((id: string, prefixes: readonly string[]) => {
      const topic = topics.find(id)
      return topic === undefined ? [] : context.tree().ranges(topic.number, prefixes)
    }),
    entries: guarded((id: string, prefix: string, after: Parameters<Store['entries']>[2], limit: number) => {
      const topic = topics.find(id)
      return topic === undefined ? [] : context.tree().entries(topic.number, prefix, after, limit)
    }),
    payloads: guarded(payloads),
    read: guarded(read)
  }

  return {
    report: aside === undefined ? {} : { aside },
    calls,
    appendAll,
    topics: () => topics.all().map((row) => [row.id, stateOf(row)] as const),
    takeChanges: topics.takeChanges,
    close: () => { context.db.close() }
  }
}

function markDamaged (path: string): void {
  try {
    writeFileSync(damageMark(path), '', { mode: 0o600 })
  } catch {
    // The next start finds the damage by itself, at the latest where this one did.
  }
}
