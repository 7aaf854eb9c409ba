import { afterEach, describe, expect, it } from 'vitest'
import { createNode } from '../../main/node/create-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { createFloodsubRouter } from '../../main/node/pubsub/floodsub-router.ts'
import { createGossipsubRouter } from '../../main/node/pubsub/gossipsub-router.ts'
import { Lines } from '../../main/node/pubsub/lines.ts'
import { Neighbours } from '../../main/node/pubsub/naming/neighbours.ts'
import type { Router, RouterComponents, RouterOptions } from '../../main/node/pubsub/router.ts'
import { setWallClock } from '../support/wall-clock.ts'
import { meet, TestNet, TOPIC, type TestNode } from './support/test-net.ts'
import { until } from './support/until.ts'

const HOUR = 3_600_000

const net = new TestNet()
afterEach(async () => {
  setWallClock(0)
  await net.stop()
})

/** What of the routers is steered (gossipsub 17.1.1, floodsub 11.0.28). */
interface Dated extends Router {
  readonly seenCache: { readonly entries: Map<string, { readonly validUntilMs: number }>, put: (key: string, value?: unknown) => unknown, has: (key: string) => boolean, prune: () => void }
  readonly backoff: Map<string, Map<string, number>>
  readonly gossipTracer: { addPromise: (from: string, ids: Uint8Array[]) => void, getBrokenPromises: () => ReadonlyMap<string, number> }
  readonly score: {
    readonly scoreCache: ReadonlyMap<string, unknown>
    readonly deliveryRecords: { ensureRecord: (id: string) => unknown, getRecord: (id: string) => unknown, gc: () => void }
    addPeer: (id: string) => void
    score: (id: string) => number
  }
  doAddBackoff: (id: string, topic: string, ms: number) => void
}

const optionsFor = (components: RouterComponents): RouterOptions => ({
  judge: () => {}, lines: new Lines(() => {}), onFlood: () => {}, nextNumber: async () => 1n, neighbours: new Neighbours(components, { naming: 'everybody', onChange: () => {} })
})

async function startRouter (make: (components: RouterComponents) => Router): Promise<Dated> {
  const node = await createNode({ role: 'desktop', privateKey: await generateIdentity(), listen: [] })
  await node.libp2p.start()
  const router = make(node.components) as Dated
  await router.start()
  net.atEnd(async () => {
    await router.stop()
    await node.libp2p.stop()
  })
  return router
}

describe.each([-3, 3, -365 * 24, 365 * 24])('after the clock was set by %i h', (hours) => {
  it.each([
    ['Floodsub', (components: RouterComponents) => createFloodsubRouter(components, optionsFor(components))],
    ['Gossipsub', (components: RouterComponents) => createGossipsubRouter(components, optionsFor(components))]
  ] as const)('%s remembers what it has seen for two minutes', async (_, make) => {
    const { seenCache } = await startRouter(make)
    seenCache.put('a')
    setWallClock(hours * HOUR)
    // The next message comes, and what is over is forgotten.
    seenCache.put('b')
    seenCache.prune()
    expect(seenCache.has('a')).toBe(true)
    const left = (seenCache.entries.get('a')?.validUntilMs ?? 0) - Date.now()
    expect(left).toBeGreaterThan(100_000)
    expect(left).toBeLessThanOrEqual(120_001)
  })

  it('Gossipsub neither keeps peers out of its mesh, nor punishes them, nor stops judging them', async () => {
    const router = await startRouter((components) => createGossipsubRouter(components, optionsFor(components)))
    router.doAddBackoff('peer', TOPIC, 60_000)
    router.gossipTracer.addPromise('peer', [new Uint8Array(20)])
    router.score.deliveryRecords.ensureRecord('message')
    router.score.addPeer('peer')
    router.score.score('peer')
    const before = router.backoff.get(TOPIC)?.get('peer')
    setWallClock(hours * HOUR)
    await until(() => router.backoff.get(TOPIC)?.get('peer') !== before, 2_500, 'the date moves with the next heartbeat')
    const left = (router.backoff.get(TOPIC)?.get('peer') ?? 0) - Date.now()
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_001)
    // Three seconds are allowed for an answer, and the heartbeat came before.
    expect(router.gossipTracer.getBrokenPromises().size).toBe(0)
    expect(router.score.scoreCache.size).toBe(0)
    router.score.deliveryRecords.gc()
    expect(router.score.deliveryRecords.getRecord('message')).toBeDefined()
  })
})

// By the wall clock the two stay out of each other's mesh for three hours.
it('people who left a topic and came back stand in each other’s mesh although the clock was set back meanwhile', async () => {
  const [a, b] = [await net.node(), await net.node()]
  await a.libp2p.dial(b.address)
  await meet(a, b)
  const inMesh = (one: TestNode, other: TestNode): boolean => one.pubsub.meshOn(TOPIC).includes(other.id)
  await until(() => inMesh(a, b) && inMesh(b, a), 5_000, 'they stand in each other’s mesh')
  a.pubsub.unsubscribe(TOPIC)
  await until(() => !inMesh(b, a), 5_000, 'a is gone')
  setWallClock(-3 * HOUR)
  a.pubsub.subscribe(TOPIC)
  // Ten seconds of backoff, and a slack of some heartbeats.
  await until(() => inMesh(a, b) && inMesh(b, a), 30_000, 'they stand in each other’s mesh again')
})
