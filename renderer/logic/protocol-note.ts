import type { ProtocolState } from '../../preload/contract/index.ts'
import { duration } from './time.ts'
import { count, protocolName } from './words.ts'

/** A change of protocol that is under way, since when by `performance.now`. */
export interface Switching { readonly since: number, readonly waiting: number }

/** What a change of the protocol's state means for the person. */
export interface SwitchStep { readonly switching: Switching | undefined, readonly note: string | undefined }

/**
 * Follows a change of protocol from push to push; the push that ends it gives
 * the sentence that stands between the posts.
 */
export function followSwitch (was: Switching | undefined, before: ProtocolState, after: ProtocolState, now: number): SwitchStep {
  if (after.switchingTo !== undefined) {
    return { switching: { since: was?.since ?? now, waiting: Math.max(was?.waiting ?? 0, after.waiting) }, note: undefined }
  }
  if (after.current === before.current) return { switching: undefined, note: undefined }
  const name = protocolName(after.current)
  const took = was === undefined ? undefined : duration(now - was.since)
  const waited = Math.max(was?.waiting ?? 0, after.waiting)
  if (took === undefined) return { switching: undefined, note: `You switched to ${name}.` }
  return {
    switching: undefined,
    note: waited === 0 ? `You switched to ${name}. It took ${took}.` : `You switched to ${name}. ${count(waited, 'post', 'posts')} waited ${took}.`
  }
}
