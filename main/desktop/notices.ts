import { isDeepStrictEqual } from 'node:util'
import type { Notice, NoticeAction } from '../../preload/contract/index.ts'
import type { Pushes } from './push.ts'

/** Notices at once; further ones push the oldest out. */
const MAX_NOTICES = 20

/** Things the person should know, until dismissed. */
export interface Notices {
  readonly all: () => readonly Notice[]
  /**
   * Adds a notice, or puts it in the place of the one with the same id: there is one of a kind, and it is true.
   * What stands there already word for word is not announced again.
   */
  readonly add: (id: string, level: Notice['level'], text: string, action?: NoticeAction) => void
  readonly remove: (id: string) => void
}

/** Keeps notices and announces each change of them. */
export function createNotices (pushes: Pick<Pushes, 'push'>): Notices {
  const notices = new Map<string, Notice>()

  function remove (id: string): void {
    if (notices.delete(id)) pushes.push('notice:remove', { id })
  }

  return {
    all: () => [...notices.values()],
    add: (id, level, text, action) => {
      const notice: Notice = { id, level, text, ...(action === undefined ? {} : { action }) }
      if (isDeepStrictEqual(notices.get(id), notice)) return
      // What was said last is the last to be pushed out.
      notices.delete(id)
      notices.set(id, notice)
      pushes.push('notice:add', notice)
      const [oldest] = notices.keys()
      if (notices.size > MAX_NOTICES && oldest !== undefined) remove(oldest)
    },
    remove
  }
}
