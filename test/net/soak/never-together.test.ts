import { afterEach, describe, expect, it } from 'vitest'
import { Chatter } from '../support/chatters.ts'
import { startKeepingRelay } from '../support/keeping-relay.ts'
import { PROTOCOLS, TestNet } from '../support/test-net.ts'
import { until } from '../support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const EXCHANGES = 6
const POSTS = 10
/** Milliseconds in which who comes has what the hub holds, and the hub what they say. */
const SOON = 30_000

describe.each(PROTOCOLS)('%s', (protocol) => {
  it('two people who only ever meet a hub that keeps history, one at a time, hold all posts in one order', async () => {
    const relay = await startKeepingRelay(net)
    const people = await Promise.all(['ada', 'bo'].map(async (name) => Chatter.make(net, name, { relays: [relay.candidate], protocol })))
    const posted: string[] = []
    for (let turn = 0; turn < EXCHANGES; turn++) {
      const chatter = people[turn % 2] as Chatter
      await chatter.comeOnline()
      await until(async () => (await chatter.posts()).length === posted.length, SOON, `${chatter.name} has all ${String(posted.length)} that came before`)
      expect((await chatter.posts()).map(({ text }) => text), 'in the order in which they were written').toEqual(posted)
      for (let n = 0; n < POSTS; n++) {
        const text = `${chatter.name} turn ${String(turn)} post ${String(n)}`
        await chatter.post(text)
        posted.push(text)
      }
      // Said by the evidence alone: the hub's history shows them, and no person's.
      await until(async () => (await chatter.posts()).slice(-POSTS).every(({ delivery }) => delivery?.kind === 'held' && delivery.hubs === 1 && delivery.people === 0 && delivery.sent === 0), SOON, 'the hub holds what was said')
      await chatter.goOffline()
    }
    const [ada] = people as [Chatter]
    await ada.comeOnline()
    await until(async () => (await ada.posts()).length === posted.length, SOON, 'all is there at the end')
    // What Ada wrote in earlier turns came to Bo through the hub; that Bo holds it, nobody has shown her.
    expect((await ada.posts()).filter(({ own }) => own).every(({ delivery }) => delivery?.kind === 'held' && delivery.people === 0)).toBe(true)
  })
})
