import { afterTime } from '../node/deadline.ts'
import type { Notices } from './notices.ts'

/** People whose first time was told; the one told longest ago may be told of again. */
const MAX_TOLD = 1_000

const NOTICE = 'set-aside'

/** Tells of people who were disconnected because they sent far too much. */
export interface SetAsideNotice {
  /** Somebody was set aside for so many milliseconds. */
  readonly tell: (peer: { readonly peerId: string, readonly time: number }) => void
  /** Takes back what is still shown. */
  readonly close: () => void
}

/**
 * One notice for all of them, and once for each: somebody who comes back and
 * goes on is set aside again without a word. It goes away by itself when the
 * last one may come back.
 *
 * @param nameOf what somebody calls themselves, or ''
 */
export function createSetAsideNotice (notices: Pick<Notices, 'add' | 'remove'>, nameOf: (peerId: string) => string): SetAsideNotice {
  const told = new Set<string>()
  /** Who is away, with what calls its end off. */
  const away = new Map<string, () => void>()

  function end (peerId: string): void {
    away.get(peerId)?.()
    away.delete(peerId)
    if (away.size === 0) notices.remove(NOTICE)
  }

  return {
    tell: ({ peerId, time }) => {
      away.get(peerId)?.()
      const isTold = told.has(peerId)
      if (isTold && !away.has(peerId)) return
      away.set(peerId, afterTime(time, () => { end(peerId) }))
      if (isTold) return
      told.add(peerId)
      const [first] = told
      if (told.size > MAX_TOLD && first !== undefined) told.delete(first)
      const minutes = Math.max(1, Math.round(time / 60_000))
      notices.add(NOTICE, 'warning', `${wordsFor([...away.keys()].map(nameOf))} sent far too many messages. You won't hear from them for ${minutes === 1 ? 'a minute' : `${String(minutes)} minutes`}.`)
    },
    close: () => { for (const peerId of [...away.keys()]) end(peerId) }
  }
}

function wordsFor (names: readonly string[]): string {
  const [name = ''] = names
  if (names.length > 1) return `${String(names.length)} people`
  return name === '' ? 'Someone you don\'t know yet' : `“${name}”`
}
