import { peerIdFromString } from '@libp2p/peer-id'
import { cleanName } from '../../chat/names.ts'
import type { Blocked } from '../../../preload/contract/index.ts'
import { CallError } from '../errors.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

/** Calls about peers whose posts the person does not want. */
export function blockingHandlers (deps: ApiDeps): Pick<Handlers, 'blockPeer' | 'unblockPeer'> {
  const { session, settings, pushes } = deps

  async function setBlocked (blocked: readonly Blocked[]): Promise<void> {
    settings.update({ blocked: [...blocked] })
    pushes.push('blocked:change', blocked)
    await saveNow(deps)
  }

  return {
    blockPeer: async ({ peerId, name }) => {
      if (!isPeerId(peerId)) throw new CallError('ERR_BAD_ARGUMENT', 'This is no peer id: nobody was blocked.')
      if (peerId === session.self()?.peerId) throw new CallError('ERR_BAD_ARGUMENT', 'This is you: you cannot block yourself.')
      const { chat } = await session.whenRunning()
      const before = settings.stored().blocked
      // Written before anything is deleted: what is gone must not come back after a crash.
      if (!before.some((each) => each.peerId === peerId)) await setBlocked([...before, { peerId, name: cleanName(name), since: Date.now() }])
      await chat.block(peerId)
      return null
    },
    unblockPeer: async ({ peerId }) => {
      const { chat } = await session.whenRunning()
      await setBlocked(settings.stored().blocked.filter((each) => each.peerId !== peerId))
      chat.unblock(peerId)
      return null
    }
  }
}

/** Whether this is a peer id in the one form in which others are compared with it. */
function isPeerId (text: string): boolean {
  try {
    return peerIdFromString(text).toString() === text
  } catch {
    return false
  }
}
