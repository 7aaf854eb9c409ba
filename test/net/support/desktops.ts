import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Relay } from '../../../preload/contract/index.ts'
import { createDesktopNode } from '../../../main/node/desktop-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { createRelayNode, type RelayNode, type RelayNodeOptions } from '../../../main/node/relay/relay-node.ts'
import type { DesktopNodeOptions, KnownPerson, NatterNode, PubsubMessage, RelayCandidate } from '../../../main/node/types.ts'
import { TOPIC, type TestNet } from './test-net.ts'
import { until } from './until.ts'

/** A whole desktop's node, and what it read and learned. */
export interface Desktop {
  readonly node: NatterNode
  readonly inbox: PubsubMessage[]
  readonly learned: KnownPerson[]
  readonly learnedRelays: { readonly address: string, readonly from: string }[]
}

/** A relay of ours that can be stopped, and started again on the same port and key. */
export interface OurRelay {
  readonly address: string
  readonly id: string
  readonly node: RelayNode
  readonly candidate: RelayCandidate
  readonly stop: () => Promise<void>
  readonly again: () => Promise<OurRelay>
}

type RelayOptions = Partial<Omit<RelayNodeOptions, 'listen' | 'privateKey'>>

/**
 * Private addresses that others name count as private here, unless a test says
 * otherwise: so people on one loopback meet through relays alone.
 */
export async function startDesktop (net: TestNet, options: Partial<DesktopNodeOptions> = {}): Promise<Desktop> {
  const node = await createDesktopNode({
    privateKey: options.privateKey ?? await generateIdentity(),
    protocol: 'gossipsub',
    listenPort: 0,
    mdns: false,
    beRelay: false,
    relays: [],
    topics: [TOPIC],
    known: [],
    ...options
  })
  net.atEnd(async () => node.stop())
  const inbox: PubsubMessage[] = []
  const learned: KnownPerson[] = []
  const learnedRelays: { readonly address: string, readonly from: string }[] = []
  node.pubsub.on('message', (message) => { inbox.push(message) })
  node.people.on('record:learned', (person) => { learned.push(person) })
  node.people.on('relay:learned', (relay) => { learnedRelays.push(relay) })
  return { node, inbox, learned, learnedRelays }
}

export async function startRelay (net: TestNet, options: RelayOptions = {}, privateKey?: Ed25519PrivateKey, port = 0): Promise<OurRelay> {
  const key = privateKey ?? await generateIdentity()
  const node = await createRelayNode({ ...options, privateKey: key, listen: [`/ip4/127.0.0.1/tcp/${port}`] })
  net.atEnd(async () => node.stop())
  await node.start()
  const address = node.multiaddrs[0] ?? ''
  return {
    address,
    id: node.peerId,
    node,
    candidate: candidate(address),
    stop: async () => node.stop(),
    again: async () => startRelay(net, options, key, Number(/tcp\/(\d+)/.exec(address)?.[1]))
  }
}

export function candidate (address: string, approved = true): RelayCandidate {
  return { address, source: approved ? { kind: 'settings' } : { kind: 'peer', peerId: 'somebody' }, approved }
}

export function relayOf ({ node }: Desktop, { id }: Pick<OurRelay, 'id'>): Relay | undefined {
  return node.reachability.relays.find(({ peerId }) => peerId === id)
}

export async function reserved (desktop: Desktop, relay: Pick<OurRelay, 'id'>, ms = 5_000): Promise<number> {
  return until(() => relayOf(desktop, relay)?.state === 'reserved' && circuits(desktop, relay).length > 0, ms,
    () => `a place on the relay: ${JSON.stringify(desktop.node.reachability.relays)}`)
}

/** Our addresses through a relay. */
export function circuits ({ node }: Desktop, { id }: Pick<OurRelay, 'id'>): string[] {
  return node.addresses.filter((address) => address.includes(`/p2p/${id}/p2p-circuit`))
}

export function path (from: Desktop, to: Desktop, topic = TOPIC): string | undefined {
  return from.node.people.onTopic(topic).find(({ peerId }) => peerId === to.node.peerId)?.path.kind
}

/** Waits until two people are connected and listed as such by both. */
export async function met (a: Desktop, b: Desktop, kind: 'circuit' | 'direct' = 'circuit', ms = 8_000): Promise<void> {
  await until(() => path(a, b) === kind && path(b, a) === kind, ms,
    () => `the two are connected (${kind}): ${JSON.stringify([a.node.people.onTopic(TOPIC), b.node.people.onTopic(TOPIC)])}`)
}

export async function say (from: Desktop, text: string, topic = TOPIC): Promise<readonly string[]> {
  return (await from.node.pubsub.publish(topic, new TextEncoder().encode(text))).recipients
}

export function heard ({ inbox }: Desktop): string[] {
  return inbox.map(({ data }) => new TextDecoder().decode(data))
}

/** Posts until one arrives, each way. */
export async function talk (a: Desktop, b: Desktop, text: string, ms = 5_000): Promise<void> {
  await Promise.all([[a, b], [b, a]].map(async ([from, to]) => {
    let next = 0
    await until(async () => {
      if (performance.now() > next) {
        next = performance.now() + 100
        await say(from as Desktop, text)
      }
      return heard(to as Desktop).includes(text)
    }, ms, `'${text}' is read`)
  }))
}
