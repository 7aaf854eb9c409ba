import { afterEach, describe, expect, it } from 'vitest'
import { create, toBinary } from '@bufbuild/protobuf'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { POST_ENVELOPE } from '../../../main/chat/dialects/natter-post.ts'
import { PostSchema } from '../../../main/chat/dialects/post_pb.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { sealEnvelope } from '../../../main/node/signed-envelope.ts'
import { Chatter } from '../support/chatters.ts'
import { startKeepingRelay } from '../support/keeping-relay.ts'
import { TestNet, TOPIC } from '../support/test-net.ts'
import { pause, until } from '../support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const SOON = 10_000

async function online (name: string, relay: Awaited<ReturnType<typeof startKeepingRelay>>): Promise<Chatter> {
  const chatter = await Chatter.make(net, name, { relays: [relay.candidate] })
  await chatter.comeOnline()
  return chatter
}

describe('a hub that keeps history', () => {
  it('keeps what it hears, and hands it to somebody who comes when the author is gone', async () => {
    const relay = await startKeepingRelay(net)
    const ada = await online('Ada', relay)
    await ada.post('said to nobody')
    await until(() => relay.keeper.stats.kept === 1, SOON, 'the hub keeps it')
    await ada.goOffline()
    const bo = await online('Bo', relay)
    await until(async () => (await bo.posts()).length === 1, SOON, 'it comes to Bo')
    expect(await bo.posts()).toMatchObject([{ text: 'said to nobody', author: ada.peerId, authorName: 'Ada', own: false }])
  })

  it('keeps no more than it was told, gives up the oldest, and does not take those again', async () => {
    const relay = await startKeepingRelay(net, { maxBytes: 4_000, pruneEvery: 100 })
    const ada = await online('Ada', relay)
    for (let n = 0; n < 40; n++) await ada.post(`number ${String(n)}`)
    await until(() => relay.keeper.stats.kept >= 40, SOON, 'the hub heard all')
    await pause(400)
    // Looking again finds a difference; what was given up stays so.
    const before = relay.keeper.stats.kept
    await ada.goOffline()
    await ada.comeOnline()
    await ada.post('the last')
    await until(() => relay.keeper.stats.kept > before, SOON, 'the hub goes on keeping')
    await pause(400)
    expect(relay.keeper.stats.kept).toBe(before + 1)
    await ada.goOffline()
    const bo = await online('Bo', relay)
    await until(async () => (await bo.posts()).some(({ text }) => text === 'the last'), SOON, 'the newest come to Bo')
    const texts = (await bo.posts()).map(({ text }) => text)
    expect(texts.length).toBeGreaterThan(3)
    expect(texts.length).toBeLessThan(25)
    expect(texts).toEqual([...Array.from({ length: 40 }, (_, n) => `number ${String(n)}`).slice(-(texts.length - 1)), 'the last'])
  })

  it('is not taken for a liar over posts that it cannot judge: their author signed them', async () => {
    const relay = await startKeepingRelay(net)
    const ada = await online('Ada', relay)
    await ada.post('before')
    await until(() => relay.keeper.stats.kept === 1, SOON, 'the hub keeps it')
    // Signed for this topic, and nothing that a desktop shows.
    const key = await generateIdentity()
    const head = { author: peerIdFromPrivateKey(key).toMultihash().bytes, timeMs: BigInt(Date.now()), topic: TOPIC }
    const empty = await sealEnvelope(POST_ENVELOPE, toBinary(PostSchema, create(PostSchema, head)), key)
    await ada.online.node.pubsub.publish(TOPIC, empty)
    await until(() => relay.keeper.stats.kept === 2, SOON, 'the hub keeps that too')
    await ada.goOffline()
    const bo = await online('Bo', relay)
    await until(async () => (await bo.posts()).length === 1, SOON, 'what can be shown comes to Bo')
    await pause(300)
    expect(bo.online.node.reachability.relays).toMatchObject([{ state: 'reserved' }])
    expect(relay.node.stats.connections).toBe(1)
  })

  it('keeps nothing that is not a signed post of that topic', async () => {
    const relay = await startKeepingRelay(net)
    const ada = await online('Ada', relay)
    await ada.post('a real one')
    await until(() => relay.keeper.stats.kept === 1, SOON, 'the hub keeps it')
    await ada.online.node.pubsub.publish(TOPIC, new TextEncoder().encode('no envelope'))
    const [real] = await ada.online.store.read(TOPIC, undefined, 1)
    const changed = Uint8Array.from(real?.payload ?? [])
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1
    await ada.online.node.pubsub.publish(TOPIC, changed)
    await until(() => relay.keeper.stats.refused >= 2, SOON, 'both are refused')
    expect(relay.keeper.stats).toEqual({ kept: 1, refused: 2, missed: 0 })
  })
})
