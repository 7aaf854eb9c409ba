import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { monotonicNow } from '../clock.ts'
import type { CreatedNode } from '../create-node.ts'
import { isCircuit } from '../addresses/kinds.ts'
import { carriesPubsub, hasOutboundPubsub } from '../pubsub/router.ts'

/** Milliseconds between two looks whether the direct connection carries what the circuit carried; pubsub changes over in 350 to 600. */
const LOOK = 50
/** Milliseconds after which a circuit that still carries something ends all the same: a peer that moves nothing on its own moves when it closes. */
const WITHIN = 10_000
/** Milliseconds that closing may take. */
const CLOSE = 5_000

/**
 * Closes the circuits to somebody once the direct connection beside them carries
 * what they carried; not before, so that nothing is lost, and not at all if it ends.
 *
 * @returns whether the direct connection stood to the end
 */
export async function retireCircuits ({ libp2p }: CreatedNode, direct: Connection): Promise<boolean> {
  const circuits = (): Connection[] => libp2p.getConnections(direct.remotePeer).filter((each) => each.status === 'open' && isCircuit(each.remoteAddr))
  const isMoved = (): boolean => hasOutboundPubsub(direct) && circuits().every((each) => !carriesPubsub(each) && each.streams.length === 0)
  for (const end = monotonicNow() + WITHIN; monotonicNow() < end && direct.status === 'open' && !isMoved();) {
    await delay(LOOK)
  }
  if (direct.status !== 'open') {
    return false
  }
  await Promise.all(circuits().map(async (each) => each.close({ signal: AbortSignal.timeout(CLOSE) }).catch((error: unknown) => {
    each.abort(error instanceof Error ? error : new Error(String(error)))
  })))
  return true
}
