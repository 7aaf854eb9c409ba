import type { Notice, NoticeAction } from '../../preload/contract/index.ts'
import type { Pushes } from './push.ts'

/** Notices at once; further ones push the oldest out. */
const MAX_NOTICES = 20

/** Things the person should know, until dismissed. */
export interface Notices {
  readonly all: () => readonly Notice[]
  /** Adds a notice; one of the same id is replaced, so that what happens again is said once. */
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
      notices.delete(id)
      notices.set(id, notice)
      pushes.push('notice:add', notice)
      const [oldest] = notices.keys()
      if (notices.size > MAX_NOTICES && oldest !== undefined) remove(oldest)
    },
    remove
  }
}
