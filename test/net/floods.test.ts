import { setTimeout as sleep } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { POST_QUOTA } from '../../main/node/quotas/post-quota.ts'
import { heard, met, reserved, say, startDesktop, startRelay, talk, type Desktop } from './support/desktops.ts'
import { Flooder, startFlood } from './support/flooder.ts'
import { PROTOCOLS, TestNet } from './support/test-net.ts'
import { until } from './support/until.ts'

const net = new TestNet()
afterEach(async () => net.stop())

const POSTS = 90

interface Talk {
  /** Milliseconds from post to reader, of those that were heard live. */
  readonly took: readonly number[]
}

/** Somebody posts while others flood; milliseconds between two posts. */
async function talkOn (from: Desktop, to: Desktop, posts = POSTS, every = 100): Promise<Talk> {
  const sentAt = new Map<string, number>()
  const took: number[] = []
  const hear = ({ data }: { readonly data: Uint8Array }): void => {
    const at = sentAt.get(new TextDecoder().decode(data))
    if (at !== undefined) took.push(performance.now() - at)
  }
  to.node.pubsub.on('message', hear)
  for (let at = 0; at < posts; at++) {
    const text = `honest ${String(at)} ${'.'.repeat(250)}`
    sentAt.set(text, performance.now())
    await say(from, text)
    await sleep(every)
  }
  await until(() => took.length === posts, 2_000, 'all are heard live').catch(() => {})
  to.node.pubsub.off('message', hear)
  return { took }
}

const addressOf = ({ node }: Desktop): ReturnType<typeof multiaddr> => multiaddr(node.addresses.find((address) => address.startsWith('/ip4/127.0.0.1/tcp/')) ?? '')

function watchAside ({ node }: Desktop): string[] {
  const aside: string[] = []
  node.on('peer:set-aside', ({ peerId }) => { aside.push(peerId) })
  return aside
}

async function pair (protocol: typeof PROTOCOLS[number], setAside: number = POST_QUOTA.setAside): Promise<readonly [Desktop, Desktop]> {
  const [reader, friend] = await Promise.all([
    startDesktop(net, { protocol, allowPrivate: true, postQuota: { ...POST_QUOTA, setAside } }),
    startDesktop(net, { protocol, allowPrivate: true })
  ])
  await friend.node.people.know({ record: await reader.node.people.ownRecord(), topics: ['/natter/1/test'] })
  await met(reader, friend, 'direct')
  return [reader, friend]
}

describe.each(PROTOCOLS)('a desktop under %s that others flood', (protocol) => {
  it('hears every post of a newcomer at once beside five that send 2,000 a second, and sets these aside', async () => {
    const flood = await startFlood(net, { protocol, peers: 5, posts: 9_000, perSecond: 2_000 })
    const [reader, friend] = await pair(protocol)
    const aside = watchAside(reader)
    const ended = flood.begin(addressOf(reader))
    const { took } = await talkOn(friend, reader)
    expect(took.length).toBe(POSTS)
    expect(took.toSorted((a, b) => a - b).at(-1)).toBeLessThan(2_000)
    expect(heard(reader).filter((text) => text.startsWith('flood')).length).toBeLessThan(2_500)
    await until(() => flood.ids.every((id) => aside.includes(id)), 10_000, () => `all are set aside: ${String(aside.length)}`)
    expect(aside).toHaveLength(5)
    await ended
    await talk(reader, friend, 'and on')
  })

  it('hears every post of a newcomer beside one that sends 15 kB posts, and takes in a few MB of those', async () => {
    const flood = await startFlood(net, { protocol, peers: 1, posts: 3_000, perSecond: 1_000, bytes: 15_000 })
    const [reader, friend] = await pair(protocol)
    const ended = flood.begin(addressOf(reader))
    const { took } = await talkOn(friend, reader, 50)
    await ended
    expect(took.length).toBe(50)
    const bytes = heard(reader).filter((text) => text.startsWith('flood')).reduce((sum, text) => sum + text.length, 0)
    expect(bytes).toBeGreaterThan(1_000_000)
    expect(bytes).toBeLessThan(4_000_000)
  })

  it('hears every post of a newcomer beside one that makes up a name for each post, and does not set it aside', async () => {
    const flood = await startFlood(net, { protocol, peers: 1, posts: 8_000, perSecond: 2_000, names: true })
    const [reader, friend] = await pair(protocol)
    const aside = watchAside(reader)
    const ended = flood.begin(addressOf(reader))
    const { took } = await talkOn(friend, reader, 50)
    expect(await ended).toEqual([8_000])
    expect(took.length).toBe(50)
    expect(aside).toEqual([])
    expect(heard(reader).filter((text) => text.startsWith('flood')).length).toBeLessThan(2_600)
  })

  it('sets one aside that forges, and lets it in again later', async () => {
    const flooder = await Flooder.make(net, protocol, { posts: 1_000, forged: true })
    const [reader, friend] = await pair(protocol, 1_500)
    const aside = watchAside(reader)
    await flooder.connect(addressOf(reader))
    await flooder.flood(500)
    await until(() => aside.includes(flooder.id), 5_000, 'it is set aside')
    expect(flooder.sent).toBeLessThan(1_000)
    await expect(flooder.connect(addressOf(reader))).rejects.toThrow()
    await until(async () => flooder.connect(addressOf(reader)).then(() => true, () => false), 8_000, 'it is let in again')
    await talk(reader, friend, 'and on')
  })

  it('hears a newcomer through the hub that forwards a flood as well, and keeps the hub', async () => {
    const relay = await startRelay(net)
    const flooders = await Promise.all(Array.from({ length: 4 }, async () => Flooder.make(net, protocol, { posts: 1_000 })))
    const [reader, friend] = await Promise.all([0, 1].map(async () => startDesktop(net, { protocol, relays: [relay.candidate] })))
    if (reader === undefined || friend === undefined) throw new Error('two are needed')
    await Promise.all([reserved(reader, relay), reserved(friend, relay)])
    await talk(reader, friend, 'before')
    const aside = watchAside(reader)
    for (const flooder of flooders) await flooder.connect(multiaddr(relay.address))
    const floods = Promise.all(flooders.map(async (flooder) => flooder.flood(50)))
    // Much faster, and the hub sends all of them away, who are at one address here.
    const { took } = await talkOn(friend, reader, 25, 600)
    await floods
    expect(took.length).toBe(25)
    expect(aside).toEqual([])
    // The strangers' allowance was used up.
    expect(heard(reader).filter((text) => text.startsWith('flood')).length).toBeGreaterThan(950)
  })
})
