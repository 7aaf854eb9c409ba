import type { Connection, PeerId } from '@libp2p/interface'
import { getNetConfig } from '@libp2p/utils'
import { monotonicNow } from '../clock.ts'
import type { Components } from '../components.ts'
import { hostAndPort } from '../transports/types.ts'
import { BrokenCall, meetAt, type MeetingPlace, type Part } from './punch.ts'
import type { Tries } from './tries.ts'
import type { PathCall } from './types.ts'

/** Does as {@link meetAt} does, and remembers what came of it. */
export async function callAt (tries: Pick<Tries, 'called'>, kind: PathCall['kind'], components: Components, peer: PeerId, places: readonly MeetingPlace[], part: Part, signal: AbortSignal): Promise<Connection> {
  const start = monotonicNow()
  const end = (outcome: PathCall['outcome']): void => {
    tries.called(peer.toString(), { kind, places: places.map(placeWords), outcome, took: monotonicNow() - start, at: monotonicNow() })
  }
  try {
    const connection = await meetAt(components, peer, places, part, signal)
    end('met')
    return connection
  } catch (error) {
    end(outcomeOf(error))
    throw error
  }
}

/** What a call came to that failed; of several places the one that came furthest counts. */
export function outcomeOf (error: unknown): PathCall['outcome'] {
  const all: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  if (all.some((one) => one instanceof BrokenCall)) {
    return 'broken'
  }
  const codes = all.map((one) => one instanceof Error && 'code' in one ? String(one.code) : '')
  if (codes.some((code) => /^ECONN(?:REFUSED|RESET)$/u.test(code))) {
    return 'refused'
  }
  return codes.every((code) => /^E(?:NETUNREACH|HOSTUNREACH|ADDRNOTAVAIL)$/u.test(code)) ? 'noWay' : 'silent'
}

function placeWords ({ address }: MeetingPlace): string {
  const { host, port = 0 } = getNetConfig(address)
  return hostAndPort(host, port)
}
