import { existsSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { createNatterDialect } from '../../main/chat/dialects/natter.ts'
import { generateIdentity, peerIdOf } from '../../main/node/identity.ts'
import type { NewPost } from '../../main/store/types.ts'
import { Chatter } from './support/chatters.ts'
import { TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Posts that somebody wrote, as they are stored. */
async function written (count: number, bytes: number, from = Date.now() - 3_600_000): Promise<readonly NewPost[]> {
  const key = await generateIdentity()
  const dialect = createNatterDialect(key)
  const posts: NewPost[] = []
  for (let at = 0; at < count; at++) {
    const text = `${String(at)} ${Math.random().toString(36)} `.padEnd(bytes, 'word ')
    const { payload, post: { id, time, stamp = 0, at: place } } = await dialect.encode({ topic: TOPIC, authorName: 'Somebody', text, time: from + at, newest: 0 })
    posts.push({ post: { id, topic: TOPIC, author: peerIdOf(key), authorName: 'Somebody', time, text, own: false }, at: place, stamp, payload })
  }
  return posts
}

const options = { allowPrivate: true }

async function meet (a: Chatter, b: Chatter): Promise<void> {
  await a.online.node.people.know({ record: await b.online.node.people.ownRecord(), topics: [TOPIC] })
}

const count = async (chatter: Chatter): Promise<number> => Number((await chatter.digest()).split(' ')[0])

it('2,000 posts that somebody wrote offline all arrive, live or by history, and nobody is set aside', async () => {
  const [ada, bo] = await Promise.all(['ada', 'bo'].map(async (name) => Chatter.make(net, name, { relays: [] })))
  if (ada === undefined || bo === undefined) throw new Error('two are needed')
  await Promise.all([ada.comeOnline(options), bo.comeOnline(options)])
  for (let at = 0; at < 2_000; at++) await ada.post(`offline ${String(at)} ${'.'.repeat(60)}`)
  const aside: unknown[] = []
  bo.online.node.on('peer:set-aside', (peer) => { aside.push(peer) })
  await meet(ada, bo)
  let have = 0
  await until(async () => {
    have = await count(bo)
    return have === 2_000
  }, 60_000, () => `all arrive: ${String(have)}`)
  expect(aside).toEqual([])
  await until(async () => (await ada.online.store.queued(TOPIC)).length === 0, 30_000, 'nothing is queued any more')
}, 180_000)

it('somebody\'s history full of a stranger\'s long posts puts less than 20 MB on the disk in 20 s, while others are heard', async () => {
  const [reader, flooder, friend] = await Promise.all(['reader', 'flooder', 'friend'].map(async (name) => Chatter.make(net, name, { relays: [] })))
  if (reader === undefined || flooder === undefined || friend === undefined) throw new Error('three are needed')
  await Promise.all([reader, flooder, friend].map(async (chatter) => chatter.comeOnline(options)))
  for (let round = 0; round < 30; round++) await flooder.online.store.append(await written(100, 15_000))
  await meet(friend, reader)
  await until(async () => reader.online.chat.people(TOPIC).length === 2, 10_000, 'the friend is there')
  await meet(flooder, reader)
  for (let at = 0; at < 40; at++) {
    await friend.post(`friend ${String(at)}`)
    await sleep(500)
  }
  const texts = (await reader.posts()).map(({ text }) => text)
  expect(texts.filter((text) => text.startsWith('friend'))).toHaveLength(40)
  const size = ['', '-wal', '-shm', '-journal'].map((end) => `${reader.database}${end}`).filter((file) => existsSync(file)).reduce((sum, file) => sum + statSync(file).size, 0)
  console.log(`of a history of 45 MB, ${String(texts.length - 40)} posts came in 20 s: ${(size / 1e6).toFixed(1)} MB on the disk`)
  expect(texts.length).toBeGreaterThan(40 + 50)
  expect(size).toBeLessThan(20_000_000)
}, 120_000)
