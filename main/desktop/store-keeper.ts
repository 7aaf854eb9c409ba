import type { PrivateKey } from '@libp2p/interface'
import type { OpenReport, Store } from '../store/types.ts'
import { CallError } from './errors.ts'
import type { Notices } from './notices.ts'

/** Times in one run that a damaged database is replaced; a disk that damages the next one too has to be seen to. */
const MAX_REOPENED = 3

/** Opens the database of posts that belongs to an identity key. @throws {StoreError} */
export type OpenStore = (key: PrivateKey) => Promise<Store>

/** Holds the store from the moment when its key is open. */
export interface StoreKeeper {
  readonly current: () => Store | undefined
  /** The store, opened where it is not open yet. @throws {StoreError} */
  readonly open: (key: PrivateKey) => Promise<Store>
  /**
   * Closes a store that turned out to be damaged and opens another in its
   * place; opening sets the damaged one aside.
   *
   * @throws {StoreError}
   * @throws {CallError} `ERR_NOT_RUNNING` when it happens again and again
   */
  readonly replace: (key: PrivateKey) => Promise<Store>
  readonly close: () => Promise<void>
}

/** What {@link createStoreKeeper} stands on. */
export interface StoreKeeperDeps {
  readonly openStore: OpenStore
  readonly notices: Pick<Notices, 'add'>
  /** The store that is open was found damaged; said once a store. */
  readonly onDamaged: () => void
}

/** Opens and closes the store, and tells what became of one that could not be read. */
export function createStoreKeeper ({ openStore, notices, onDamaged }: StoreKeeperDeps): StoreKeeper {
  let current: Store | undefined
  let reopened = 0

  async function open (key: PrivateKey): Promise<Store> {
    if (current !== undefined) return current
    const opened = await openStore(key)
    tellAside(opened.report)
    let told = false
    current = watch(opened, () => {
      if (told) return
      told = true
      onDamaged()
    })
    return current
  }

  async function close (): Promise<void> {
    const closing = current
    current = undefined
    await closing?.close()
  }

  function tellAside ({ aside }: OpenReport): void {
    if (aside === undefined) return
    const kept = `They are kept as ${aside.name}; Natter began anew, and gets back what others still have.`
    switch (aside.reason) {
      case 'damaged':
        notices.add(`aside:${aside.name}`, 'warning', `The database of your posts was damaged. ${kept} You can save what can still be read.`, { kind: 'export-aside', name: aside.name })
        return
      case 'newer':
        notices.add(`aside:${aside.name}`, 'warning', `Your posts were kept by a newer Natter. ${kept} You can save what this version can read.`, { kind: 'export-aside', name: aside.name })
        return
      case 'other-key':
        notices.add(`aside:${aside.name}`, 'warning', `Your posts do not open with this identity key: another one kept them, or the file was damaged. ${kept}`)
    }
  }

  return {
    current: () => current,
    open,
    replace: async (key) => {
      await close()
      if (++reopened > MAX_REOPENED) throw new CallError('ERR_NOT_RUNNING', 'The database of your posts is damaged again and again: see to the disk that Natter keeps it on, then start Natter again.')
      return open(key)
    },
    close
  }
}

/** The same store; whoever uses it, damage is noticed. */
function watch (store: Store, onDamaged: () => void): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        const answer: unknown = Reflect.apply(value, target, args)
        if (!(answer instanceof Promise)) return answer
        return answer.catch((error: unknown) => {
          if (error instanceof Error && 'code' in error && error.code === 'ERR_DAMAGED') onDamaged()
          throw error
        })
      }
    }
  })
}
