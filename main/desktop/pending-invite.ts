import type { Pushes } from './push.ts'

/** An invite link that the app was opened with. */
export interface PendingInvite {
  /** The link that nobody looked at yet. */
  readonly link: () => string | undefined
  /** The system, or a second copy of the app, asks to open a link. */
  readonly open: (link: string) => void
  /** The window looked at this link. */
  readonly seen: (link: string) => void
}

/** Keeps the last link until the window looked at it: it may come long before there is a window. */
export function createPendingInvite (pushes: Pick<Pushes, 'push'>): PendingInvite {
  let pending: string | undefined
  return {
    link: () => pending,
    open: (link) => {
      pending = link
      pushes.push('invite:open', { link })
    },
    seen: (link) => {
      if (link.trim() === pending?.trim()) pending = undefined
    }
  }
}
