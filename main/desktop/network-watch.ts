import { isDeepStrictEqual } from 'node:util'
import type { NetworkPeer, Pass } from '../../preload/contract/index.ts'
import { monotonicNow } from '../node/clock.ts'
import type { NatterNode, Traffic } from '../node/types.ts'
import type { Pushes } from './push.ts'
import type { Session } from './session.ts'

/** Milliseconds between two looks at the connections: four pushes a second. */
const LOOK = 250
/** Milliseconds that pushes go on for without being asked for again: a window may end without a word. */
const LEASE = 30_000

/** Tells a window of our connections while it looks at them, and costs nothing else. */
export interface NetworkWatch {
  /** Everybody as they are now; what changes is pushed from now on, until the lease of 30 s ends. */
  readonly watch: () => readonly NetworkPeer[]
  readonly unwatch: () => void
}

/** Holds what the window knows, so as to push only what changed. */
export function createNetworkWatch ({ session, pushes }: { readonly session: Pick<Session, 'running' | 'signal'>, readonly pushes: Pick<Pushes, 'push'> }): NetworkWatch {
  let known = new Map<string, NetworkPeer>()
  let passes = new Map<string, Pass>()
  let heard: NatterNode | undefined
  let timer: NodeJS.Timeout | undefined
  let until = -Infinity
  session.signal.addEventListener('abort', unwatch)

  function onTraffic ({ peer, direction, duplicate }: Traffic): void {
    const key = `${direction} ${String(duplicate)} ${peer}`
    passes.set(key, { peerId: peer, direction, duplicate, posts: (passes.get(key)?.posts ?? 0) + 1 })
  }

  /** The node may be another one by now, or none. */
  function follow (node: NatterNode | undefined): void {
    if (node === heard) return
    heard?.pubsub.off('traffic', onTraffic)
    node?.pubsub.on('traffic', onTraffic)
    heard = node
  }

  function read (): Map<string, NetworkPeer> {
    const node = session.running()?.node
    follow(node)
    return new Map(node?.network.peers().map((peer) => [peer.peerId, peer]))
  }

  function look (): void {
    if (monotonicNow() >= until) {
      unwatch()
      return
    }
    const now = read()
    for (const peerId of known.keys()) {
      if (!now.has(peerId)) pushes.push('network-peer:remove', { peerId })
    }
    for (const [peerId, peer] of now) {
      if (!isDeepStrictEqual(peer, known.get(peerId))) pushes.push('network-peer:change', peer)
    }
    known = now
    if (passes.size === 0) return
    pushes.push('traffic:pass', [...passes.values()])
    passes = new Map()
  }

  function unwatch (): void {
    clearInterval(timer)
    timer = undefined
    follow(undefined)
    known.clear()
    passes.clear()
  }

  return {
    watch: () => {
      until = monotonicNow() + LEASE
      known = read()
      timer ??= setInterval(look, LOOK)
      return [...known.values()]
    },
    unwatch
  }
}
