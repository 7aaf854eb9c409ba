import type { Attention } from './desktop.ts'

/** {@link Attention}, and who asks for it. */
export interface Sight extends Attention {
  /** The person has this topic before their eyes. */
  readonly isInSight: (topic: string) => boolean
}

/** @param hasFocus the window is shown and has the keyboard */
export function createSight (hasFocus: () => boolean): Sight {
  let looked: string | null = null
  return {
    lookAt: (topic) => { looked = topic },
    isInSight: (topic) => topic === looked && hasFocus()
  }
}
