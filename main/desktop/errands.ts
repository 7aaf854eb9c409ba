import type { Errand } from '../../preload/contract/index.ts'
import type { Pushes } from './push.ts'

/** An {@link Errand} without its number. */
export type Wish = Errand extends infer E ? E extends Errand ? Omit<E, 'id'> : never : never

/** What the app was asked to show: by a link, a notification, a menu. */
export interface Errands {
  /** The errand that no window has shown yet. */
  readonly pending: () => Errand | undefined
  readonly open: (wish: Wish) => void
  /** A window shows it. */
  readonly done: (id: number) => void
}

/** Keeps the last errand until a window shows it: it may come long before there is one. */
export function createErrands (pushes: Pick<Pushes, 'push'>): Errands {
  let last = 0
  let pending: Errand | undefined
  return {
    pending: () => pending,
    open: (wish) => {
      pending = { id: ++last, ...wish }
      pushes.push('errand:open', pending)
    },
    done: (id) => {
      if (pending?.id === id) pending = undefined
    }
  }
}
