import { expect, it } from 'vitest'
import { HUB_LIMITS } from '../../main/node/limits.ts'
import { RawPeer } from '../net/support/raw-peer.ts'
import { pause, until } from '../net/support/until.ts'
import { playScene } from './support/scene.ts'

/** Milliseconds in which who is cut off is gone. */
const SLACK = 10_000

const scene = playScene()
const { net, dial, isRefused, othersNotice } = scene

it('who subscribes to 100,000 topics counts for 200, takes no more room than these, and is cut off', async () => {
  const attacker = await RawPeer.start(net, 'gossipsub')
  const before = scene.relay().memory()
  const connection = await dial(attacker)
  const stream = await attacker.open(connection)
  await othersNotice(async () => {
    for (let at = 0; at < 100_000 && connection.status === 'open'; at += 1_000) {
      await stream.send({ subscriptions: Array.from({ length: 1_000 }, (_, index) => ({ subscribe: true, topic: `/natter/1/many-${at + index}` })) }).catch(() => {})
      await pause(10)
    }
  })
  const served = new Set(attacker.received.flatMap(({ subscriptions }) => subscriptions ?? [])
    .filter(({ subscribe, topic }) => subscribe && topic.includes('many')).map(({ topic }) => topic)).size
  expect(served).toBeGreaterThan(0)
  expect(served).toBeLessThanOrEqual(HUB_LIMITS.topicsPerClient)
  // Gossipsub keeps about 1,000 topics a peer, of 1 KiB each with what surrounds them; the rest is garbage not yet collected.
  expect(scene.relay().memory() - before).toBeLessThan(64_000_000)
  await until(() => connection.status !== 'open', SLACK, 'it is cut off')
  expect(await isRefused(attacker)).toBe(true)
})
