import { afterEach, describe, expect, it } from 'vitest'
import { Chatter } from './support/chatters.ts'
import { startKeepingRelay } from './support/keeping-relay.ts'
import { startRelay } from './support/desktops.ts'
import { PROTOCOLS, TestNet, TOPIC } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Milliseconds after the return in which all is there. */
const SOON = 15_000

/** Two who hear each other, and a third, so that what they say counts as sent and does not wait for who is gone. */
async function three (relays: Parameters<typeof Chatter.make>[2]['relays'], protocol: (typeof PROTOCOLS)[number]): Promise<readonly [Chatter, Chatter, Chatter]> {
  const people = await Promise.all(['ada', 'bo', 'cy'].map(async (name) => Chatter.make(net, name, { relays, protocol }))) as [Chatter, Chatter, Chatter]
  await Promise.all(people.map(async (chatter) => chatter.comeOnline()))
  await people[0].post('before')
  await until(async () => (await Promise.all(people.map(texts))).every(({ length }) => length === 1), SOON, 'they hear each other')
  return people
}

/** Says so many things that somebody who is there hears. */
async function miss (ada: Chatter, cy: Chatter, count: number): Promise<string[]> {
  const said = Array.from({ length: count }, (_, at) => `missed ${String(at)}`)
  for (const text of said) await ada.post(text)
  await until(async () => (await texts(cy)).length === count + 1, SOON, 'who is there hears it')
  await until(async () => (await ada.online.store.queued(TOPIC)).length === 0, SOON, 'nothing waits to be sent')
  return ['before', ...said]
}

const texts = async (chatter: Chatter): Promise<readonly string[]> => (await chatter.posts()).map(({ text }) => text)

describe.each(PROTOCOLS)('what is said with %s', (protocol) => {
  // Without history: 0 of 10.
  it('while somebody has left the topic is there after the return', async () => {
    const { candidate } = await startRelay(net)
    const [ada, bo, cy] = await three([candidate], protocol)
    await bo.online.chat.leave(TOPIC, false)
    await until(() => !ada.online.node.pubsub.subscribers(TOPIC).includes(bo.peerId), 5_000, 'the other sees that the topic was left')
    const said = await miss(ada, cy, 10)
    bo.online.chat.subscribe(TOPIC)
    await until(async () => (await texts(bo)).length === said.length, SOON, 'all is there')
    expect(await texts(bo)).toEqual(said)
  })

  // Without history: 0 of 25.
  it('during a gap behind a hub is there after it', async () => {
    const { candidate } = await startKeepingRelay(net)
    const [ada, bo, cy] = await three([candidate], protocol)
    await bo.goOffline()
    await until(() => !ada.online.node.pubsub.subscribers(TOPIC).includes(bo.peerId), 5_000, 'the other sees that the connection ended')
    const said = await miss(ada, cy, 25)
    await bo.comeOnline()
    await until(async () => (await texts(bo)).length === said.length, SOON, 'all is there')
    expect(await texts(bo)).toEqual(said)
  })
})
