import { afterEach, describe, expect, it } from 'vitest'
import { reserved, say, heard, startDesktop, startRelay } from '../net/support/desktops.ts'
import { PROTOCOLS, TestNet, TOPIC } from '../net/support/test-net.ts'
import { pause, until } from '../net/support/until.ts'
import { ForeignPeer } from './support/foreign-peer.ts'
import { KINDS } from './support/programs.ts'
import { POSTS } from './support/talk.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const CASES = KINDS.flatMap((kind) => PROTOCOLS.map((protocol) => [kind, protocol] as const))

describe.each(CASES)('a %s peer behind a hub, both on %s', (kind, protocol) => {
  it('talks with a desktop behind the same hub, and counts as one person', async () => {
    const relay = await startRelay(net)
    const [desktop, peer] = await Promise.all([startDesktop(net, { relays: [relay.candidate], protocol }), ForeignPeer.start(net, kind, { protocol })])
    await reserved(desktop, relay)
    await peer.dial(relay.address)
    const { people, pubsub } = desktop.node
    await until(() => people.onTopic(TOPIC).length + people.unnamed(TOPIC) === 1 && pubsub.subscribers(TOPIC).includes(relay.id), 8_000, 'the hub tells of the peer')
    await until(async () => (await peer.subscribers()).includes(relay.id), 8_000, 'the peer sees the hub')
    // Gossipsub takes a newcomer into its mesh within a second.
    await until(async () => {
      await Promise.all([say(desktop, 'anybody?'), peer.publish('here')])
      return peer.texts.includes('anybody?') && heard(desktop).includes('here')
    }, 8_000, 'both hear something')
    for (let index = 0; index < POSTS; index++) {
      const recipients = await say(desktop, `desktop ${index}`)
      expect(people.reached(TOPIC, recipients)).toBe(1)
      await peer.publish(`peer ${index}`)
      await pause(20)
    }
    const counts = (): readonly number[] => [peer.texts.filter((text) => text.startsWith('desktop ')).length, heard(desktop).filter((text) => text.startsWith('peer ')).length]
    await until(() => counts().every((count) => count === POSTS), 3_000, () => `all are read: ${counts().join(' and ')} of ${POSTS}`)
  })
})
