import { afterEach, describe, expect, it } from 'vitest'
import { startRelayProcess, type RelayProcess } from '../bench/relay/relay-process.ts'
import { Chatter } from '../net/support/chatters.ts'
import { candidate } from '../net/support/desktops.ts'
import { PROTOCOLS, TestNet } from '../net/support/test-net.ts'
import { until } from '../net/support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

/** Milliseconds after which a relay that stands still is missed: two pings of ours, see create-node. */
const MISSED_WITHIN = 12_000
const SOON = 20_000

async function relayProcess (): Promise<RelayProcess> {
  const relay = await startRelayProcess()
  net.atEnd(relay.stop)
  return relay
}

/** Through whom a desktop says that it is reachable, in order of their ids. */
const through = ({ online }: Chatter): string[] => online.node.reachability.state.through.map(({ relay }) => relay).sort()

const texts = async (chatter: Chatter): Promise<string[]> => (await chatter.posts()).map(({ text }) => text)

describe.each(PROTOCOLS)('one of two relays stands still (%s)', (protocol) => {
  it('and a conversation that runs loses no post, and it is said through whom one is reachable', async () => {
    const relays = await Promise.all([relayProcess(), relayProcess()])
    const both = relays.map(({ peerId }) => peerId).sort()
    const [frozen, other] = relays
    const [ada, bo] = await Promise.all(['ada', 'bo'].map(async (name) => {
      const chatter = await Chatter.make(net, name, { protocol, relays: relays.map(({ address }) => candidate(address)) })
      await chatter.comeOnline()
      return chatter
    })) as [Chatter, Chatter]
    await until(() => [ada, bo].every((chatter) => through(chatter).join() === both.join()), SOON, 'both are reachable through both relays')
    await ada.post('before')
    await until(async () => (await texts(bo)).length === 1, SOON, 'they hear each other')

    // The talk goes on all the time: each post is one more that could be lost.
    const said = ['before']
    const hush = new AbortController()
    const talk = (async () => {
      for (let count = 0; !hush.signal.aborted; count++) {
        const speaker = count % 2 === 0 ? ada : bo
        said.push(`${speaker.name} ${count}`)
        await speaker.post(`${speaker.name} ${count}`)
        await new Promise((resolve) => { setTimeout(resolve, 100) })
      }
    })()
    const during = said.length
    frozen.freeze()
    await until(() => [ada, bo].every((chatter) => through(chatter).join() === other.peerId), MISSED_WITHIN, 'the loss is said, and the relay that is left')
    await until(() => said.length > during + 20, SOON, 'they go on talking')
    frozen.thaw()
    await until(() => [ada, bo].every((chatter) => through(chatter).join() === both.join()), SOON, 'both relays are said again')
    hush.abort()
    await talk
    for (const chatter of [ada, bo]) {
      await until(async () => (await texts(chatter)).length === said.length, SOON, () => `${chatter.name} holds all ${said.length} posts`)
      expect((await texts(chatter)).sort()).toEqual([...said].sort())
    }
  })
})
