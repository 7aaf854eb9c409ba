import type { EventEmitter } from 'node:events'
import type { PeerId } from '@libp2p/interface'
import type { PeerTally, Protocol } from '../../../preload/contract/index.ts'
import type { PubsubCounts, PubsubEvents, PubsubTotals } from '../types.ts'
import { countedComponents } from './counted-components.ts'
import { Counters } from './counters.ts'
import type { Judge, Router, RouterComponents } from './router.ts'

/** Counts what passes under each protocol, whichever router runs, and tells of each post. */
export class Counted {
  readonly #counters: Readonly<Record<Protocol, Counters>>

  constructor (self: PeerId, pubsub: EventEmitter<PubsubEvents> & { has: (topic: string) => boolean }) {
    const counters = (): Counters => new Counters({
      self,
      isOurs: (topic) => pubsub.has(topic),
      onTraffic: (peer, topic, direction, duplicate) => {
        if (pubsub.listenerCount('traffic') > 0) pubsub.emit('traffic', { peer, topic, direction, duplicate })
      }
    })
    this.#counters = { gossipsub: counters(), floodsub: counters() }
  }

  /** Components for a router of this protocol. */
  components (components: RouterComponents, protocol: Protocol): RouterComponents {
    return countedComponents(components, this.#counters[protocol])
  }

  judge (protocol: Protocol): Judge {
    return (peer, topic, duplicate) => { this.#counters[protocol].judge(peer, topic, duplicate) }
  }

  /** What passed with one peer, under this protocol and then under the other one. */
  with (peer: string, inUse: Protocol): readonly PeerTally[] {
    return ([inUse, inUse === 'gossipsub' ? 'floodsub' : 'gossipsub'] as const).flatMap((protocol) => {
      const tally = this.#counters[protocol].with(peer)
      return tally === undefined ? [] : [{ protocol, ...tally }]
    })
  }

  totals (protocol: Protocol): PubsubTotals {
    return this.#counters[protocol].totals()
  }

  /** @param router where it runs under this protocol */
  counts (protocol: Protocol, router: Router | undefined): PubsubCounts {
    const members = (peers: Router['mesh']): Record<string, readonly string[]> => Object.fromEntries([...peers ?? []].map(([topic, all]) => [topic, [...all]]))
    return { protocol, ...this.#counters[protocol].counts(), mesh: members(router?.mesh), fanout: members(router?.fanout) }
  }
}
