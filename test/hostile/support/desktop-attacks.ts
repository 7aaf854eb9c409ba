import { generateIdentity } from '../../../main/node/identity.ts'
import { concat, nextSeqno, STREAMS, subscribe } from '../../net/support/raw-peer.ts'
import { TOPIC } from '../../net/support/test-net.ts'
import { eachPeer, many, type Attack } from './peers.ts'
import { frame, post, PUBSUB, sendPosts } from './posting.ts'
import { inside, openStream, pump, repeat } from './raw-node.ts'

/** As much as Noise puts into one message. */
const ZEROS = new Uint8Array(65_000)
/** Strangers who come through the relay. */
const CROWD = 20
/** Peers that post more than anybody reads, and how many posts each makes in a second. */
const POSTERS = { peers: 5, perSecond: 2_000 } as const
/** Posts that are signed before the attack begins: signing takes longer than sending. */
const STOCK = 4_000

/** What strangers can do to keep a desktop busy, or to fill it. */
export const DESKTOP_ATTACKS = {
  'empty messages of Gossipsub': async (target, ended) =>
    eachPeer(target, ended, async ({ connection }) => pump(await openStream(connection, STREAMS.gossipsub), ZEROS, ended)),

  'empty messages of Floodsub': async (target, ended) =>
    eachPeer(target, ended, async ({ connection }) => pump(await openStream(connection, STREAMS.floodsub), ZEROS, ended)),

  'empty messages of both protocols through a circuit': async (target, ended) =>
    eachPeer({ ...target, address: target.through ?? '' }, ended, async ({ connection }, index) => pump(await openStream(connection, PUBSUB[index % 2] ?? ''), ZEROS, ended), { dialsCircuits: true }),

  'empty messages of Noise': async (target, ended) =>
    eachPeer(target, ended, async ({ connection }) => pump(inside(connection).muxer.maConn.stream, ZEROS, ended)),

  'questions for protocols': async (target, ended) =>
    eachPeer(target, ended, async ({ connection }) => {
      const stream = await inside(connection).muxer.createStream()
      stream.addEventListener('message', () => {})
      await pump(stream, new TextEncoder().encode(`\x13/multistream/1.0.0\n${'\x03ls\n'.repeat(16_000)}`), ended)
    }),

  'pings that are never read': async (target, ended) =>
    eachPeer(target, ended, async ({ connection }) => many(32, async () => {
      const stream = await openStream(connection, '/ipfs/ping/1.0.0')
      stream.pause()
      await pump(stream, new Uint8Array(32_768), ended)
    })),

  'topics that are subscribed to and left without end': async (target, ended) =>
    eachPeer(target, ended, async ({ connection }, index) => {
      const come = frame(subscribe(TOPIC))
      const leave = frame({ subscriptions: [{ subscribe: false, topic: TOPIC }] })
      await pump(await openStream(connection, PUBSUB[index % 2] ?? ''), repeat(concat(come, leave)), ended)
    }),

  'posts with forged signatures': async (target, ended) =>
    eachPeer(target, ended, async (peer, index) => {
      const genuine = await post(await generateIdentity(), 250)
      await sendPosts(peer, index, 4_000, () => Promise.resolve({ ...genuine, seqno: nextSeqno() }), ended)
    }),

  'long posts of one person': async (target, ended) => {
    const key = await generateIdentity()
    return eachPeer(target, ended, async (peer, index) => sendPosts(peer, index, 1_000, async () => post(key, 15_000), ended), { peers: 1, key })
  },

  'posts of five people, 2,000 a second each': async (target, ended) => {
    const stocks = await Promise.all(Array.from({ length: POSTERS.peers }, async () => {
      const key = await generateIdentity()
      return { key, posts: await Promise.all(Array.from({ length: STOCK }, async () => post(key, 100))) }
    }))
    await Promise.all(stocks.map(async ({ key, posts }, at) => eachPeer(
      { ...target, from: () => target.from(at) }, ended,
      async (peer) => sendPosts(peer, at, POSTERS.perSecond, async () => posts.pop() ?? post(key, 100), ended),
      { peers: 1, key }
    )))
  },

  'twenty strangers through the relay': async (target, ended) =>
    eachPeer({ ...target, address: target.through ?? '' }, ended, async (peer, index) => {
      if (index % 2 === 0) return pump(await openStream(peer.connection, PUBSUB[index % 4 / 2] ?? ''), ZEROS, ended)
      const key = await generateIdentity()
      return sendPosts(peer, index, 1_000, async () => post(key, 1_000), ended)
    }, { peers: CROWD, dialsCircuits: true })
} as const satisfies Record<string, Attack>
