import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect } from 'vitest'
import { startCrowd, type Crowd } from '../../bench/relay/crowd.ts'
import { exchange, percentile } from '../../bench/relay/measure.ts'
import { startRelayProcess, type RelayProcess } from '../../bench/relay/relay-process.ts'
import type { RawPeer } from '../../net/support/raw-peer.ts'
import { TestNet } from '../../net/support/test-net.ts'
import { pause } from '../../net/support/until.ts'

/** People who talk on one topic while somebody misbehaves. */
const HONEST = 12
const POSTS = 100
/**
 * Milliseconds below which a p99 says nothing about the relay: on two cores
 * with everybody's processes on them it comes and goes by as much by itself.
 */
const NOISE = 25
/** A relay, and people who talk through it while somebody misbehaves. */
export interface Scene {
  readonly net: TestNet
  readonly relay: () => RelayProcess
  readonly people: () => Crowd
  readonly dial: (peer: RawPeer) => Promise<Connection>
  /** Whether the relay does not let a peer in, or not for long. */
  readonly isRefused: (peer: RawPeer) => Promise<boolean>
  /** Measures what the others get without the attack and during it: every post, in at most twice the time, and no connection is lost. */
  readonly othersNotice: (attack: (ended: AbortSignal) => Promise<void>) => Promise<void>
}

/** Sets the scene before the tests of a file, and clears it after them. */
export function playScene (): Scene {
  const net = new TestNet()
  let relay: RelayProcess
  let people: Crowd

  beforeAll(async () => {
    relay = await startRelayProcess()
    people = startCrowd()
    await people.join({ first: 0, count: HONEST, relay: relay.address, protocol: 'gossipsub', rooms: 1 })
    await exchange([people], HONEST, 50)
  })
  afterAll(async () => {
    await net.stop()
    await people.stop()
    await relay.stop()
  })

  async function othersNotice (attack: (ended: AbortSignal) => Promise<void>): Promise<void> {
    const [quiet, lost] = [await exchange([people], HONEST, POSTS), await people.rejoined()]
    const end = new AbortController()
    const attacking = attack(end.signal)
    const during = await exchange([people], HONEST, POSTS)
    end.abort()
    await attacking
    expect(during.delivered).toBe(1)
    expect(await people.rejoined()).toBe(lost)
    // Quiet once more: what else runs on the machine comes and goes.
    const again = await exchange([people], HONEST, POSTS)
    const [before, meanwhile, after] = [quiet, during, again].map(({ times }) => percentile(times, 0.99)) as [number, number, number]
    console.log(`p99 ${before.toFixed(1)} ms before, ${meanwhile.toFixed(1)} ms during the attack, ${after.toFixed(1)} ms after it`)
    expect(meanwhile).toBeLessThanOrEqual(2 * Math.max(before, after, NOISE))
  }

  const dial = async (peer: RawPeer): Promise<Connection> => peer.connect(multiaddr(relay.address))

  async function isRefused (peer: RawPeer): Promise<boolean> {
    try {
      const connection = await dial(peer)
      await pause(500)
      return connection.status !== 'open'
    } catch {
      return true
    }
  }
  return { net, relay: () => relay, people: () => people, dial, isRefused, othersNotice }
}
