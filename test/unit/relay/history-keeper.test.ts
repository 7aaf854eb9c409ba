import { afterEach, beforeEach, expect, it } from 'vitest'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { decodeAnswer, encodeRequest } from '../../../main/chat/history/codec.ts'
import { keepHistory, type HistoryKeeper } from '../../../main/relay/history-keeper.ts'
import { tempFolder } from '../../support/store.ts'
import { FakeNode, makeMessage } from '../support/fake-node.ts'
import { makePeer } from '../support/peers.ts'

const garden = '/natter/1/garden'
const DAY = 86_400_000
const YEAR = 365 * DAY
const [hub, ada] = [await makePeer(), await makePeer()]
const { encode } = createNatterDialect(ada.key)

let node: FakeNode
let keeper: HistoryKeeper
let folder: ReturnType<typeof tempFolder>
beforeEach(() => {
  node = new FakeNode(hub.peerId)
  node.pubsub.topics = [garden]
  folder = tempFolder()
})
afterEach(async () => {
  await keeper.close()
  folder.remove()
})

async function keep (options: { readonly maxBytes?: number } = {}): Promise<void> {
  keeper = await keepHistory({ node, privateKey: hub.key, folder: folder.folder, days: 1, maxBytes: 1_000_000, pruneEvery: 20, ...options })
}

async function hear (text: string, { time = Date.now(), newest = 0 } = {}): Promise<void> {
  const { payload } = await encode({ topic: garden, authorName: 'Ada', text, time, newest })
  node.pubsub.emit('message', makeMessage(garden, payload, ada.peerId))
}

const kept = async (posts: number): Promise<void> => { await expect.poll(() => keeper.stats.kept, { timeout: 5_000 }).toBe(posts) }

/** What the hub answers to somebody who wants to compare a topic. */
async function greet (topic: string): Promise<ReturnType<typeof decodeAnswer>> {
  const asker = new FakeNode(ada.peerId)
  asker.channels.connect(node.channels)
  const channel = await asker.channels.open('history', hub.peerId)
  await channel.send(encodeRequest({ case: 'hello', value: { version: 1, topic, salt: new Uint8Array(16), floor: 0n } }))
  const answer = decodeAnswer(await channel.receive() ?? new Uint8Array())
  await channel.close()
  return answer
}

it('keeps the topics that the hub is on, and none that somebody makes up', async () => {
  await keep()
  expect((await greet(garden)).case).toBe('welcome')
  for (const topic of ['/natter/1/made-up', `/natter/1/${'x'.repeat(5_000)}`, 'plain']) {
    expect(await greet(topic)).toMatchObject({ case: 'end', value: { reason: 'not-on-topic' } })
  }
})

it('does not take what it would delete at once, whatever place the post claims', async () => {
  await keep()
  await hear('an old one that says it comes last', { time: Date.now() - 3 * DAY, newest: Date.now() + 9 * YEAR })
  await hear('a new one')
  await kept(1)
})

it('that is full goes on keeping what is said now, although somebody filled it with posts from tomorrow', async () => {
  await keep({ maxBytes: 10_000 })
  for (let at = 0; at < 60; at++) await hear(`flood ${String(at)}`, { time: Date.now() + 0.9 * DAY + at })
  await kept(60)
  // Long enough for a look at what is to go.
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  await hear('now')
  await kept(61)
})
