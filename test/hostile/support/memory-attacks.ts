import { setTimeout as delay } from 'node:timers/promises'
import { RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Stream } from '@libp2p/interface'
import { PROTOCOLS } from '../../../main/node/protocols.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { subscribe } from '../../net/support/raw-peer.ts'
import { TOPIC } from '../../net/support/test-net.ts'
import { frame, post, PUBSUB, sendPosts } from './posting.ts'
import { AGAIN, eachPeer, many, pauseFor, PEERS, type Attack, type Target } from './peers.ts'
import { acceptCircuits, dataFrame, inside, openCircuit, openStream, pump, repeat, reserve, startRawNode, stopReading, type RawNode } from './raw-node.ts'

const CIRCUITS = 256
const KIB_32 = new Uint8Array(32_768)

/** What strangers can do to fill a relay's memory. */
export const MEMORY_ATTACKS = {
  'circuits whose readers stand still': async (target, ended) =>
    inPairs(target, ended, async (sender, receiver) => {
      await acceptCircuits(receiver, (stream) => { stream.pause() })
      await manyCircuits(sender, receiver, ended, async (stream) => pump(stream, KIB_32, ended))
    }),

  'circuits to somebody who reads no packet': async (target, ended) =>
    inPairs(target, ended, async (sender, receiver) => {
      await acceptCircuits(receiver, () => {})
      let count = 0
      await manyCircuits(sender, receiver, ended, async (stream) => {
        if (++count === 200) stopReading(receiver.connection)
        await pump(stream, KIB_32, ended)
      })
    }),

  'circuits filled byte by byte': async (target, ended) =>
    inPairs(target, ended, async (sender, receiver) => {
      await acceptCircuits(receiver, (stream) => { stream.pause() })
      await manyCircuits(sender, receiver, ended, async (stream) => {
        await pump(inside(sender.connection).muxer.maConn, repeat(dataFrame(stream, Uint8Array.of(1))), ended)
      })
    }),

  'circuits that trickle both ways': async (target, ended) =>
    inPairs(target, ended, async (sender, receiver) => {
      await acceptCircuits(receiver, (stream) => {
        stream.pause()
        void pump(stream, KIB_32, ended)
      })
      await manyCircuits(sender, receiver, ended, async (stream) => {
        stream.pause()
        await pump(stream, KIB_32, ended)
      })
    }),

  'pings that are never read': async (target, ended) =>
    eachPeer(target, ended, async (peer) => {
      await many(32, async () => {
        const stream = await openStream(peer.connection, '/ipfs/ping/1.0.0')
        stream.pause()
        await pump(stream, KIB_32, ended)
      })
    }),

  'pings of much and little': async (target, ended) =>
    eachPeer(target, ended, async (peer) => {
      const stream = await openStream(peer.connection, '/ipfs/ping/1.0.0')
      await pump(stream, KIB_32, ended)
    }),

  'requests that do not end': async (target, ended) =>
    eachPeer(target, ended, async (peer) => {
      const protocols = ['/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', RELAY_V2_HOP_CODEC, '/meshsub/1.1.0', ...Object.values(PROTOCOLS).map(({ id }) => id)]
      await Promise.all(protocols.map(async (protocol) => many(32, async () => {
        const stream = await openStream(peer.connection, protocol)
        // The beginning of a message of 4 MB.
        stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0x01))
        await pump(stream, KIB_32, ended)
      })))
    }),

  'streams that never say what for': async (target, ended) =>
    eachPeer(target, ended, async (peer) => many(400, async () => {
      const stream = await inside(peer.connection).muxer.createStream()
      await pump(stream, KIB_32, ended)
    })),

  'frames that never end': async (target, ended) =>
    eachPeer(target, ended, async (peer) => {
      const stream = await openStream(peer.connection, '/meshsub/1.1.0')
      const { maConn } = inside(peer.connection).muxer
      maConn.send(dataFrame(stream, new Uint8Array(0), 1_048_576))
      await trickle(maConn, ended)
    }),

  'long posts of ever new people': async (target, ended) =>
    eachPeer(target, ended, async (peer, index) => {
      const key = await generateIdentity()
      let left = 100
      // Somebody else comes once a hub would drop more.
      await sendPosts(peer, index, 1_000, async () => {
        if (left-- === 0) await peer.libp2p.stop()
        return post(key, 40_000)
      }, ended)
    }),

  'subscribers who read nothing of long posts': async (target, ended) =>
    eachPeer(target, ended, async (peer, index) => {
      if (index % 2 === 0) return sendPosts(peer, index, 1_000, async () => post(await generateIdentity(), 15_000), ended)
      // The hub opens streams to whoever speaks pubsub.
      for (const protocol of PUBSUB) await peer.libp2p.handle(protocol, (stream) => { stream.pause() })
      const stream = await openStream(peer.connection, PUBSUB[index % 4 === 1 ? 0 : 1] ?? '')
      await pump(stream, frame(subscribe(TOPIC)), AbortSignal.timeout(100))
      while (!ended.aborted && peer.connection.status === 'open') await pauseFor(250, ended)
    }),

  'answers that are never read': async (target, ended) =>
    eachPeer(target, ended, async (peer) => {
      const { connection } = peer
      const ask = async (): Promise<void> => { await openStream(connection, '/ipfs/id/1.0.0').catch(() => {}) }
      await many(20, ask)
      stopReading(connection)
      while (!ended.aborted && connection.status === 'open') {
        void ask()
        await delay(25)
      }
    })
} as const satisfies Record<string, Attack>

/** The same in four pairs, the second of which each can be reached through the relay. */
async function inPairs ({ address, from }: Target, ended: AbortSignal, use: (sender: RawNode, receiver: RawNode) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: PEERS / 2 }, async (_, pair) => {
    while (!ended.aborted) {
      const peers = await Promise.all([0, 1].map(async (end) => startRawNode(address, from(2 * pair + end)))).catch(() => [])
      const [sender, receiver] = peers
      if (sender !== undefined && receiver !== undefined) {
        await reserve(receiver).then(async () => use(sender, receiver)).catch(() => {})
      }
      await Promise.all(peers.map(async ({ libp2p }) => libp2p.stop()))
      await pauseFor(AGAIN, ended)
    }
  }))
}

/** As many circuits as the relay gives, each used at once; ends with the connection. */
async function manyCircuits (sender: RawNode, receiver: RawNode, ended: AbortSignal, use: (stream: Stream) => Promise<void>): Promise<void> {
  const uses: Promise<void>[] = []
  for (let count = 0; count < CIRCUITS && !ended.aborted; count++) {
    const stream = await openCircuit(sender, receiver.id).catch(() => undefined)
    if (stream === undefined || sender.connection.status !== 'open') break
    uses.push(use(stream))
  }
  await Promise.all(uses)
}

/** A little at a time, so that the frame stays unfinished as long as possible. */
async function trickle (to: { send: (bytes: Uint8Array) => boolean, readonly status: string }, ended: AbortSignal): Promise<void> {
  while (!ended.aborted && to.status === 'open') {
    to.send(new Uint8Array(30_000))
    await pauseFor(500, ended)
  }
}
