import { multiaddr } from '@multiformats/multiaddr'
import { Flooder, type FloodNews, type FloodOrder } from './flooder.ts'
import { TestNet } from './test-net.ts'

const { protocol, peers, perSecond, ...options } = JSON.parse(process.argv[2] ?? '') as FloodOrder
const net = new TestNet()
const flooders = await Promise.all(Array.from({ length: peers }, async () => Flooder.make(net, protocol, options)))
const say = (news: FloodNews): void => { process.send?.(news) }

process.on('disconnect', () => process.exit())
process.once('message', (address: string) => {
  void (async () => {
    await Promise.all(flooders.map(async (flooder) => flooder.connect(multiaddr(address))))
    await Promise.all(flooders.map(async (flooder) => flooder.flood(perSecond)))
    say({ sent: flooders.map(({ sent }) => sent) })
  })()
})
say({ ready: flooders.map(({ id }) => id) })
