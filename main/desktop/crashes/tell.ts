import type { Notices } from '../notices.ts'

/** Where reports are, and what they may hold; said whenever one is new. */
const WHERE = 'A report is on this computer and nowhere else. If there is an image of memory beside it, that can hold posts and keys: do not give it to strangers.'

/** Says that the app ended by itself in an earlier run. */
export function tellLastCrash (notices: Pick<Notices, 'add'>): void {
  notices.add('crash', 'warning', `Natter ended unexpectedly last time. ${WHERE}`, { kind: 'show-crashes' })
}

/** Says that a part ended by itself, and that the app goes on. */
export function tellPartCrash (notices: Pick<Notices, 'add'>): void {
  notices.add('crash', 'warning', `A part of Natter ended unexpectedly and was started again. ${WHERE}`, { kind: 'show-crashes' })
}
