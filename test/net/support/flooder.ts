import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Protocol } from '../../../preload/contract/index.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { RawPeer, signMessage, subscribe, type RawMessage, type RawStream } from './raw-peer.ts'
import { TOPIC, type TestNet } from './test-net.ts'

/** Messages of one frame. */
const A_FRAME = 20

/** How a {@link Flooder} floods. */
export interface FloodOptions {
  readonly posts: number
  /** Bytes of each post. @default 300 */
  readonly bytes?: number
  /** Each post is signed by another peer id, whose posts this one claims to forward. @default false */
  readonly names?: boolean
  /** No signature matches its post. @default false */
  readonly forged?: boolean
}

/** Somebody who posts far more than anybody reads, each post signed as it should be. */
export class Flooder {
  readonly peer: RawPeer
  readonly #messages: readonly RawMessage[]
  #stream: RawStream | undefined
  sent = 0

  private constructor (peer: RawPeer, messages: readonly RawMessage[]) {
    this.peer = peer
    this.#messages = messages
  }

  static async make (net: TestNet, protocol: Protocol, { posts, bytes = 300, names = false, forged = false }: FloodOptions): Promise<Flooder> {
    const peer = await RawPeer.start(net, protocol)
    const messages: RawMessage[] = []
    for (let at = 0; at < posts; at++) {
      const data = new TextEncoder().encode(`flood ${String(at)} `.padEnd(bytes, 'x'))
      const message = names ? await signMessage(await generateIdentity(), data) : await peer.sign(data)
      messages.push(forged ? { ...message, data: data.map((byte) => byte ^ 1) } : message)
    }
    return new Flooder(peer, messages)
  }

  get id (): string {
    return this.peer.id
  }

  async connect (address: Multiaddr): Promise<void> {
    this.#stream = await this.peer.open(await this.peer.connect(address))
    await this.#stream.send(subscribe(TOPIC))
  }

  /** Sends what is left, so many a second, until it is cut off. */
  async flood (perSecond: number): Promise<void> {
    const began = performance.now()
    const first = this.sent
    try {
      while (this.sent < this.#messages.length) {
        const due = first + (performance.now() - began) * perSecond / 1_000
        while (this.sent < Math.min(due, this.#messages.length)) {
          await this.#stream?.send({ messages: this.#messages.slice(this.sent, this.sent + A_FRAME) })
          this.sent += A_FRAME
        }
        await sleep(5)
      }
    } catch {
      // It was cut off.
    }
  }
}

/** What a process of flooders is told. */
export interface FloodOrder extends FloodOptions {
  readonly protocol: Protocol
  readonly peers: number
  readonly perSecond: number
}

/** What it says: its peer ids when all is signed, then how much each could send. */
export type FloodNews = { readonly ready: readonly string[] } | { readonly sent: readonly number[] }

/** Flooders in a process of their own, which take nothing from the others' processor. */
export interface Flood {
  readonly ids: readonly string[]
  /** Connects to an address and floods; answers how many posts each could send before it was cut off. */
  readonly begin: (address: Multiaddr) => Promise<readonly number[]>
}

/** Starts flooders; resolves when all that they send is signed. */
export async function startFlood (net: TestNet, order: FloodOrder): Promise<Flood> {
  const child = fork(new URL('./flooder-process.ts', import.meta.url), [JSON.stringify(order)], { execArgv: [] })
  net.atEnd(async () => {
    child.disconnect()
    if (child.exitCode === null) await once(child, 'exit')
  })
  const news = async (): Promise<FloodNews> => (await once(child, 'message') as [FloodNews])[0]
  const ready = await news()
  return {
    ids: 'ready' in ready ? ready.ready : [],
    begin: async (address) => {
      const ended = news()
      child.send(address.toString())
      const done = await ended
      return 'sent' in done ? done.sent : []
    }
  }
}
