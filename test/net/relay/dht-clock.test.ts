import type { PeerInfo } from '@libp2p/interface'
import { afterEach, it } from 'vitest'
import { createCommunityDht, type CommunityDht } from '../../../main/node/relay/community/dht.ts'
import { setWallClock } from '../../support/wall-clock.ts'
import { TestNet, type TestNode } from '../support/test-net.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000
const net = new TestNet()
afterEach(async () => {
  setWallClock(0)
  await net.stop()
})

interface Member { readonly node: TestNode, readonly dht: CommunityDht }

async function member (first?: Member): Promise<Member> {
  const node = await net.hub()
  node.gater.setDialsPublic(true)
  const dht = await createCommunityDht(node.components, { ping: node.ping, allowPrivate: true })
  await dht.start()
  net.atEnd(async () => dht.stop())
  if (first !== undefined) await node.libp2p.dial(first.node.address)
  return { node, dht }
}

const finds = async ({ dht }: Member, { node }: Member): Promise<boolean> => (await dht.find()).some(({ id }: PeerInfo) => id.equals(node.libp2p.peerId))

// As libp2p averages times, the average was no number after a clock was set back, and each later question failed.
it.each([-3, -365 * 24, 3])('a relay whose clock was set by %i h goes on asking others in the DHT', async (hours) => {
  const first = await member()
  const [second, third] = [await member(first), await member(first)]
  // Each says that it is there when it looks.
  await until(async () => (await Promise.all([finds(second, third), finds(third, second)])).every(Boolean), 15_000, 'the two to find each other')
  setWallClock(hours * HOUR)
  for (let round = 0; round < 3; round++) await second.dht.find()
  const fourth = await member(first)
  await until(async () => finds(fourth, second), 15_000, 'the newcomer to say that it is there')
  await until(async () => finds(second, fourth), 5_000, 'the relay to find the newcomer')
})
