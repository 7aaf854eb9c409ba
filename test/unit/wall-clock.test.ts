import type { Connection, Libp2pEvents } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { Key } from 'interface-datastore'
import { TypedEventEmitter } from 'main-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Coming } from '../../main/chat/history/coming.ts'
import { DueList } from '../../main/chat/history/due.ts'
import { HISTORY_TIMES } from '../../main/chat/history/limits.ts'
import { Unwanted } from '../../main/chat/history/unwanted.ts'
import { createNetworkWatch } from '../../main/desktop/network-watch.ts'
import { createProtocolSamples } from '../../main/desktop/protocols/samples.ts'
import { createRelayNames } from '../../main/desktop/relay-sources/names.ts'
import { monotonicNow } from '../../main/node/clock.ts'
import { noteOpenings, openedAt } from '../../main/node/connection-age.ts'
import { FloodingAddresses } from '../../main/node/flooding-addresses.ts'
import { Gater } from '../../main/node/gater.ts'
import { Reattach } from '../../main/node/pubsub/reattach.ts'
import { Quota } from '../../main/node/quota.ts'
import { HubPosts } from '../../main/node/relay/hub-posts.ts'
import { ProviderStore } from '../../main/node/relay/community/provider-store.ts'
import { readRelayName } from '../../main/node/relays/relay-name.ts'
import { shownDates } from '../../main/node/shown-dates.ts'
import { Ways } from '../../main/node/transports/ways.ts'
import { createSettings } from '../../main/settings/settings.ts'
import { FakeNode } from './support/fake-node.ts'
import { makePeer } from './support/peers.ts'

const HOUR = 3_600_000
const { peerId: somebody } = await makePeer()

/** Something that lasts for some milliseconds and is then over, whatever the wall clock says meanwhile. */
interface Interval {
  readonly lasts: number
  readonly isOver: () => boolean | Promise<boolean>
}

const proxy = { host: 'proxy.example', port: 3128, secure: false }

/** Each begins its interval at once. */
const INTERVALS: Readonly<Record<string, () => Interval>> = {
  'a quota': () => {
    const quota = new Quota({ perWindow: 60, window: 60_000 })
    quota.take('a', 60)
    return { lasts: 30_000, isOver: () => quota.take('a', 30) }
  },
  'a peer that was shut out': () => {
    const gater = new Gater({ role: 'desktop' })
    gater.shutOut('a')
    return { lasts: 60_000, isOver: () => !gater.isRefused('a') }
  },
  'an address from which floods came': () => {
    const addresses = new FloodingAddresses()
    while (!addresses.has('192.0.2.1')) addresses.note('192.0.2.1')
    return { lasts: 60_000, isOver: () => !addresses.has('192.0.2.1') }
  },
  'a client that floods a hub': () => {
    const posts = new HubPosts({ postsPerSecond: 1, bytesPerSecond: 1_000_000 })
    while (!posts.isShutOut('a')) posts.take('a', 1, false)
    return { lasts: 60_000, isOver: () => !posts.isShutOut('a') }
  },
  'a proxy that could not be spoken to': () => {
    const ways = new Ways()
    ways.failed(proxy)
    return { lasts: 300_000, isOver: () => ways.inOrder([proxy, 'direct'])[0] === proxy }
  },
  'an entry of the DHT': () => {
    const store = new ProviderStore({ prefix: '/natter', most: 3, lasts: 60_000 })
    store.put(new Key('/natter/a'), new Uint8Array([1]))
    return {
      lasts: 60_001,
      isOver: async () => {
        for await (const _ of store.query({})) return false
        return true
      }
    }
  },
  'a post that somebody is about to send': () => {
    const coming = new Coming()
    coming.claim('post', 'a')
    return { lasts: 5_000, isOver: () => coming.claim('post', 'b') }
  },
  'a post that is not wanted': () => {
    const unwanted = new Unwanted()
    const id = new Uint8Array(32)
    unwanted.add('topic', id, 5)
    return { lasts: HOUR + 1, isOver: () => !unwanted.has('topic', id) }
  },
  'the distance between two sessions': () => {
    const due = new DueList()
    due.ended('p', 't', { isVain: false, moved: 1 })
    due.plan('p', 't', 0)
    return { lasts: HISTORY_TIMES.gap, isOver: () => due.waiting.every(({ at }) => at <= performance.now()) }
  },
  'the first session of a program that has just begun': () => {
    const due = new DueList(HISTORY_TIMES, () => 5)
    due.failed('p', 'other')
    due.renewed('p')
    due.plan('p', 'other', 0)
    return { lasts: 0, isOver: () => due.waiting[0]?.at === 5 }
  },
  'a window that looks at the network': () => {
    const node = new FakeNode('12D3me')
    const watch = createNetworkWatch({ session: { running: () => ({ node }) as never, signal: new AbortController().signal }, pushes: { push: () => {} } })
    watch.watch()
    return { lasts: 30_250, isOver: () => node.pubsub.listenerCount('traffic') === 0 }
  },
  'a name of relays that nobody answers for': () => {
    const settings = createSettings()
    const relay = readRelayName('relay.example') ?? { text: '', host: '' }
    let asked = 0
    const names = createRelayNames({
      settings, notices: { add: () => {}, remove: () => {} }, isServed: () => false, ownPeerId: () => 'me', onChange: () => {},
      lookUp: async () => {
        asked++
        return { kind: 'found', relays: [{ peerId: 'one', addresses: ['/ip4/203.0.113.7/tcp/4001/p2p/one'] }] }
      }
    })
    const added = names.add(relay)
    return {
      lasts: 5_000,
      isOver: async () => {
        await added
        names.look()
        return asked > 1
      }
    }
  },
  'a quarter of an hour of figures': () => {
    const node = new FakeNode('12D3me')
    const samples = createProtocolSamples({ node: () => node, signal: new AbortController().signal, pushes: { push: () => {} } })
    samples.heard(5)
    return { lasts: 900_000, isOver: () => samples.watch().length === 0 }
  }
}

describe('whatever the wall clock is set to', () => {
  beforeEach(() => { vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) }) })
  afterEach(() => { vi.useRealTimers() })

  const CASES = Object.entries(INTERVALS).flatMap(([name, begin]) => [-365 * 24, -3, 0, 3, 365 * 24].map((hours) => ({ name, hours, begin })))
  it.each(CASES)('$name lasts as long as it should: $hours h', async ({ begin, hours }) => {
    const { lasts, isOver } = begin()
    await vi.advanceTimersByTimeAsync(0)
    // Only the wall clock: timers and performance.now go on as they did.
    vi.setSystemTime(Date.now() + hours * HOUR)
    if (lasts > 0) {
      await vi.advanceTimersByTimeAsync(lasts - 1_000)
      expect(await isOver()).toBe(false)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(await isOver()).toBe(true)
  })

  it('a connection is as old as it is', async () => {
    const events = new TypedEventEmitter<Libp2pEvents>()
    noteOpenings(events)
    const connection = { timeline: { open: Date.now() } } as Connection
    events.dispatchEvent(new CustomEvent('connection:open', { detail: connection }))
    vi.setSystemTime(Date.now() - 3 * HOUR)
    await vi.advanceTimersByTimeAsync(6_000)
    expect(performance.now() - openedAt(connection)).toBe(6_000)
  })

  it('a date that is shown is that of the clock as it is now, and does not tremble', async () => {
    const dateOf = shownDates()
    const [thing, at] = [{}, monotonicNow()]
    const begin = Date.now()
    const seen = new Set<number>()
    for (let second = 0; second < 60; second++) {
      seen.add(dateOf(thing, at))
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect([...seen].map((date) => Math.abs(date - begin) < 5)).toEqual([true])
    vi.setSystemTime(Date.now() - 3 * HOUR)
    expect(Math.abs(dateOf(thing, at) - (begin - 3 * HOUR))).toBeLessThan(5)
    expect(Math.abs(dateOf(thing, at + 10_000) - (begin - 3 * HOUR + 10_000))).toBeLessThan(5)
  })

  it('a peer whose first identify failed is asked again', async () => {
    const events = new TypedEventEmitter<Libp2pEvents>()
    noteOpenings(events)
    const connection = { status: 'open', remotePeer: peerIdFromString(somebody), remoteAddr: multiaddr('/ip4/192.0.2.1/tcp/1'), streams: [], timeline: { open: Date.now() } } as unknown as Connection
    const asked: Connection[] = []
    const reattach = new Reattach({ events, connectionManager: { getConnections: () => [connection] } }, async (one) => { asked.push(one) })
    reattach.start()
    events.dispatchEvent(new CustomEvent('connection:open', { detail: connection }))
    vi.setSystemTime(Date.now() - 3 * HOUR)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(asked).toEqual([])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(asked).toContain(connection)
    reattach.stop()
  })
})
