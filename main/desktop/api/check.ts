import process from 'node:process'
import { peerIdFromString } from '@libp2p/peer-id'
import { reportOf } from '../../node/check/report.ts'
import { createChecks } from '../checks.ts'
import { CallError } from '../errors.ts'
import type { ApiDeps, Handlers } from './handlers.ts'

/** Calls about what keeps people from connecting. */
export function checkHandlers ({ session, pushes, version, writeClipboard }: ApiDeps): Pick<Handlers, 'startCheck' | 'stopCheck' | 'copyCheckReport'> {
  const checks = createChecks({ pushes })
  session.signal.addEventListener('abort', checks.stop)
  return {
    startCheck: async ({ person }) => {
      const { node } = await session.whenRunning()
      return checks.start(node, person === null ? undefined : readPeerId(person))
    },
    stopCheck: () => {
      checks.stop()
      return null
    },
    copyCheckReport: async () => {
      const check = checks.last()
      if (check === undefined) throw new CallError('ERR_UNAVAILABLE', 'There is no check to copy yet: start one first.')
      const relays = session.running()?.node.reachability.relays ?? []
      await writeClipboard(reportOf(check, { peerId: session.self()?.peerId ?? '', version, platform: process.platform, relays: relays.map(({ address }) => address) }))
      return null
    }
  }
}

function readPeerId (text: string): string {
  try {
    return peerIdFromString(text).toString()
  } catch {
    throw new CallError('ERR_BAD_ARGUMENT', 'This is no peer id.')
  }
}
