import { SettingsError } from './errors.ts'
import type { StoredSettings } from './schema.ts'

/** People whose records are kept: the ones heard of last. A record has about 300 bytes. */
export const MAX_KNOWN_PEOPLE = 200
/** Relays that are kept; two are used at a time. */
export const MAX_RELAYS = 64
/** Names of relays that are kept. */
export const MAX_RELAY_NAMES = 16
/** Signed lists of relays that are kept. */
export const MAX_RELAY_LISTS = 8
/** Relays that the person did not want which are remembered. */
export const MAX_UNWANTED_RELAYS = 256
/** Peers that are blocked at once, each by the person's own hand. */
export const MAX_BLOCKED = 1_000

/** @throws {SettingsError} `ERR_TOO_MANY` where a list grew beyond its bound */
export function checkCounts (change: Partial<StoredSettings>): void {
  const check = (list: readonly unknown[] | undefined, most: number, what: string): void => {
    if (list !== undefined && list.length > most) throw new SettingsError('ERR_TOO_MANY', `Natter keeps ${most.toLocaleString('en-US')} ${what} first.`)
  }
  check(change.relays, MAX_RELAYS, 'relays: remove one')
  check(change.relayNames, MAX_RELAY_NAMES, 'names of relays: remove one')
  check(change.relayLists, MAX_RELAY_LISTS, 'lists of relays: remove one')
  check(change.blocked, MAX_BLOCKED, 'blocked people: unblock one')
}
