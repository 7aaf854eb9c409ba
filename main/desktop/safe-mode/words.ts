import type { Resolve } from '../../node/addresses/resolve-name.ts'
import { CallError } from '../errors.ts'
import type { Notices } from '../notices.ts'

/** What reachability says in safe mode. */
export const OFFLINE = 'Safe mode: Natter does not use the network.'

/** Looks no name up: that would be a question to the network. @throws {CallError} `ERR_UNAVAILABLE` */
export const refuseNames: Resolve = async () => {
  throw new CallError('ERR_UNAVAILABLE', 'In safe mode Natter cannot check whether this name is there. Leave safe mode first.')
}

/** Says that this is safe mode, and how to leave it. Stands anew at each start in it. */
export function tellSafeMode (notices: Pick<Notices, 'add'>): void {
  notices.add('safe-mode', 'warning', 'Safe mode: Natter does not use the network, and has its default settings. You can read, search and save your posts; what you post waits. Settings that you change here last until Natter ends.', { kind: 'leave-safe-mode' })
}
