import { multiaddr } from '@multiformats/multiaddr'
import type { Protocol } from '../../../preload/contract/index.ts'
import { Flooder, type FloodOptions } from './flooder.ts'
import { TestNet } from './test-net.ts'

/** What a process of flooders is told. */
export interface FloodOrder extends FloodOptions {
  readonly protocol: Protocol
  readonly peers: number
  readonly perSecond: number
}

/** What it says: its peer ids when all is signed, then how much each could send. */
export type FloodNews = { readonly ready: readonly string[] } | { readonly sent: readonly number[] }

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
