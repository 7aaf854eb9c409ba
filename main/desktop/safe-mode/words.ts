import type { Resolve } from '../../node/addresses/resolve-name.ts'
import { CallError } from '../errors.ts'

/** What reachability says in safe mode. */
export const OFFLINE = 'Safe mode: Natter does not use the network.'

/** Looks no name up: that would be a question to the network. @throws {CallError} `ERR_UNAVAILABLE` */
export const refuseNames: Resolve = async () => {
  throw new CallError('ERR_UNAVAILABLE', 'In safe mode Natter cannot check whether this name is there. Leave safe mode first.')
}
