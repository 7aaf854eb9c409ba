import { Socket } from 'node:net'
import { createChat } from '../../../main/chat/create-chat.ts'
import type { Chat } from '../../../main/chat/types.ts'
import { createDesktopNode } from '../../../main/node/desktop-node.ts'
import { decodeInvite, encodeInvite } from '../../../main/node/discovery/invite.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import type { NatterNode } from '../../../main/node/types.ts'
import type { Protocol } from '../../../preload/contract/index.ts'
import { openTestStore, type TestStore } from '../../support/store.ts'
import { serveLines } from './serve-lines.ts'

// A desktop without its window: the real node, chat and store, steered by lines.

const key = await generateIdentity()
let node: NatterNode | undefined
let chat: Chat | undefined
let kept: TestStore | undefined
const heard: string[] = []

function running (): { node: NatterNode, chat: Chat } {
  if (node === undefined || chat === undefined) {
    throw new Error('the desktop was not started')
  }
  return { node, chat }
}

serveLines({
  start: async ({ protocol, name, direct }: { protocol: Protocol, name: string, direct: boolean }) => {
    node = await createDesktopNode({ privateKey: key, protocol, listenPort: 0, mdns: false, directConnections: direct, beRelay: false, relays: [], topics: [], known: [] })
    node.pubsub.on('message', ({ data }) => { heard.push(/from \w+ \d+/u.exec(Buffer.from(data).toString('latin1'))?.[0] ?? '') })
    kept = await openTestStore()
    chat = await createChat({ node, key, store: kept.store }, { subscriptions: [], displayName: name })
    return { peerId: node.peerId, port: node.port, addresses: node.addresses }
  },
  relays: (addresses: string[]) => {
    running().node.reachability.setCandidates(addresses.map((address) => ({ address, source: { kind: 'settings' }, approved: true })))
  },
  state: () => ({ reachability: running().node.reachability.state, relays: running().node.reachability.relays, protocol: running().node.pubsub.state }),
  addresses: () => running().node.addresses,
  subscribe: (topic: string) => { running().chat.subscribe(topic) },
  leave: async (topic: string) => running().chat.leave(topic, false),
  topics: () => running().chat.topics(),
  people: (topic: string) => running().chat.people(topic),
  post: async ({ topic, text }: { topic: string, text: string }) => running().chat.post(topic, text),
  posts: async (topic: string) => (await running().chat.listPosts(topic, { kind: 'newest' }, 10_000)).posts,
  check: async ({ person }: { person?: string }) => {
    const started = performance.now()
    const result = await running().node.check({ signal: new AbortController().signal, ...(person === undefined ? {} : { person }) })
    return { ...result, took: performance.now() - started }
  },
  paths: () => ({ findings: running().node.paths.findings, mapping: running().node.paths.mapping(4) ?? running().node.paths.mapping(6) }),
  /** Texts that pubsub brought, one a message: what history repairs is not among them. */
  heard: () => heard,
  routerPort: async (on: boolean) => running().node.setRouterPort(on),
  direct: async (on: boolean) => running().node.setDirectConnections(on),
  switch: async (protocol: Protocol) => running().node.pubsub.switchTo(protocol),
  invite: async ({ topic, relays }: { topic: string, relays: string[] }) =>
    encodeInvite({ topic, name: 'a friend', relays, record: await running().node.people.ownRecord() }, key),
  join: async (link: string) => {
    const invite = await decodeInvite(link)
    running().node.reachability.setCandidates(invite.relays.map((address) => ({ address, source: { kind: 'invite', topic: invite.topic }, approved: true })))
    running().chat.subscribe(invite.topic)
    await running().node.people.know({ record: invite.record, topics: [invite.topic] })
  },
  /** Whether a TCP connection to an address comes about, or what keeps it from it. */
  connect: async ({ host, port }: { host: string, port: number }) => new Promise((resolve) => {
    const socket = new Socket()
    const end = (outcome: string): void => {
      socket.destroy()
      resolve(outcome)
    }
    socket.setTimeout(6_000, () => { end('no answer') })
    socket.once('connect', () => { end('connected') })
    socket.once('error', (error: NodeJS.ErrnoException) => { end(error.code ?? error.message) })
    socket.connect({ host, port })
  }),
  stop: async () => {
    await chat?.close()
    await node?.stop()
    await kept?.remove()
  }
})
