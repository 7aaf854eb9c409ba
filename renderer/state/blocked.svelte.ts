import type { Blocked, Result } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** Everybody who is blocked. */
class BlockedPeople {
  all = $state.raw<readonly Blocked[]>([])

  /** @param name what they call themselves now, or '' */
  block (peerId: string, name: string): Promise<Result<null>> {
    return call('blockPeer', { peerId, name })
  }

  unblock (peerId: string): Promise<Result<null>> {
    return call('unblockPeer', { peerId })
  }
}

export const blocked = new BlockedPeople()
