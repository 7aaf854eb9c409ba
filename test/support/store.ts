import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStore, type StoreOptions } from '../../main/store/sqlite-store.ts'
import type { NewPost, Store } from '../../main/store/types.ts'
import { openCore, type Calls, type CoreOptions } from '../../main/store/worker/core.ts'
import { EMPTY_TOPIC } from '../../main/store/worker/topic-state.ts'

const require = createRequire(import.meta.url)

/** Where the SQLite module is that a desktop uses. */
export const DRIVER = require.resolve('better-sqlite3-multiple-ciphers')
/** Where the one is that takes its place under an older runtime. */
export const OLD_DRIVER = require.resolve('@signalapp/sqlcipher')
/** A key for tests. */
export const KEY: Uint8Array = new Uint8Array(32).fill(7)

/** The module of a driver. */
export const load = (driverPath: string): unknown => require(driverPath)

/** A fresh folder, and how to be rid of it. */
export function tempFolder (): { readonly folder: string, readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'natter-store-'))
  return { folder, remove: () => { rmSync(folder, { recursive: true, force: true }) } }
}

/**
 * The same store over a database in this process: no worker, so that a test
 * with many peers does not start a thread for each.
 */
export function createLocalStore (options: Partial<CoreOptions> & { readonly path: string }): Store {
  const core = openCore({ key: KEY, module: load(DRIVER), ...options })
  const topics = new Map(core.topics())
  let isClosed = false
  const call = <Name extends keyof Calls>(name: Name) => async (...args: never[]): Promise<unknown> => {
    const method: (...args: never[]) => unknown = core.calls[name]
    try {
      // As it would come over from a worker.
      return structuredClone(method(...args))
    } finally {
      for (const [id, state] of core.takeChanges()) topics.set(id, state)
    }
  }
  const calls = Object.fromEntries(Object.keys(core.calls).map((name) => [name, call(name as keyof Calls)]))
  return {
    ...calls as unknown as Pick<Store, keyof Calls>,
    report: core.report,
    topic: (id) => topics.get(id) ?? EMPTY_TOPIC,
    close: async () => {
      if (!isClosed) core.close()
      isClosed = true
    }
  }
}

/** A store in a folder of its own, which goes with it. */
export interface TestStore {
  readonly store: Store
  readonly path: string
  /** Closes the store and removes its folder. */
  readonly remove: () => Promise<void>
}

/** Opens a store over a worker, as a desktop has it, or in this process. */
export async function openTestStore ({ local = false, ...options }: Partial<StoreOptions> & { readonly local?: boolean, readonly now?: () => number } = {}): Promise<TestStore> {
  const { folder, remove } = tempFolder()
  const path = join(folder, 'posts.db')
  const store = local
    ? createLocalStore({ path, ...options })
    : await createStore({ path, key: KEY, driverPath: DRIVER, ...options })
  return {
    store,
    path,
    remove: async () => {
      await store.close()
      remove()
    }
  }
}

/** A Natter id that is the same for the same word. */
export const idOf = (word: string | number): string => createHash('sha256').update(String(word)).digest('base64url')

/** When the posts of {@link makePost} begin. */
export const START = Date.UTC(2026, 10, 20)

/** The post of a number: each a second after the one before, by somebody else, in topic 't'. */
export function makePost (number: number, { at = START + 1000 * number, ...post }: Partial<NewPost['post']> & { readonly at?: number } = {}): NewPost {
  const text = post.text ?? `post ${number}`
  return {
    post: { id: idOf(number), topic: 't', author: 'bob', authorName: 'Bob', time: at, own: false, ...post, text },
    at,
    stamp: at,
    payload: new TextEncoder().encode(`payload of ${text}`)
  }
}

/** Posts of the numbers from `from` to before `to`. */
export const makePosts = (from: number, to: number, more?: Parameters<typeof makePost>[1]): readonly NewPost[] =>
  Array.from({ length: to - from }, (_, index) => makePost(from + index, more))
