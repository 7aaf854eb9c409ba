import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Post, Protocol } from '../../../preload/contract/index.ts'
import { createChat } from '../../../main/chat/create-chat.ts'
import type { Chat } from '../../../main/chat/types.ts'
import { createDesktopNode } from '../../../main/node/desktop-node.ts'
import { generateIdentity, peerIdOf } from '../../../main/node/identity.ts'
import type { DesktopNodeOptions, KnownPerson, NatterNode, RelayCandidate } from '../../../main/node/types.ts'
import type { Store } from '../../../main/store/types.ts'
import { createLocalStore } from '../../support/store.ts'
import { TOPIC, type TestNet } from './test-net.ts'

/** A person with all that a desktop has but the window: node, chat and a database that outlives both. */
export class Chatter {
  readonly name: string
  readonly #key: Ed25519PrivateKey
  readonly #folder: string
  readonly #known = new Map<string, KnownPerson>()
  relays: readonly RelayCandidate[]
  protocol: Protocol
  running: { readonly node: NatterNode, readonly chat: Chat, readonly store: Store } | undefined

  private constructor (name: string, key: Ed25519PrivateKey, options: { readonly relays: readonly RelayCandidate[], readonly protocol: Protocol }) {
    this.name = name
    this.#key = key
    this.#folder = mkdtempSync(join(tmpdir(), 'natter-chatter-'))
    this.relays = options.relays
    this.protocol = options.protocol
  }

  static async make (net: TestNet, name: string, options: { readonly relays: readonly RelayCandidate[], readonly protocol?: Protocol }): Promise<Chatter> {
    const chatter = new Chatter(name, await generateIdentity(), { protocol: 'gossipsub', ...options })
    net.atEnd(async () => {
      await chatter.goOffline()
      rmSync(chatter.#folder, { recursive: true, force: true })
    })
    return chatter
  }

  /** Its file; there may be a log beside it. */
  get database (): string {
    return join(this.#folder, 'posts.db')
  }

  get peerId (): string {
    return peerIdOf(this.#key)
  }

  /** Starts as the app does: database, node, chat. */
  async comeOnline (more: Partial<DesktopNodeOptions> = {}): Promise<void> {
    const store = createLocalStore({ path: this.database })
    const node = await createDesktopNode({
      privateKey: this.#key,
      protocol: this.protocol,
      listenPort: 0,
      mdns: false,
      beRelay: false,
      relays: this.relays,
      topics: [TOPIC],
      known: [...this.#known.values()],
      ...more
    })
    node.people.on('record:learned', (person) => { this.#known.set(person.peerId, person) })
    const chat = await createChat({ node, key: this.#key, store }, { subscriptions: [TOPIC], displayName: this.name })
    this.running = { node, chat, store }
  }

  async goOffline (): Promise<void> {
    const running = this.running
    this.running = undefined
    await running?.chat.close()
    await running?.node.stop()
    await running?.store.close()
  }

  /** @throws where it is offline */
  get online (): { readonly node: NatterNode, readonly chat: Chat, readonly store: Store } {
    if (this.running === undefined) throw new Error(`${this.name} is offline`)
    return this.running
  }

  async post (text: string): Promise<Post> {
    return this.online.chat.post(TOPIC, text)
  }

  /** All posts, as they are shown. */
  async posts (): Promise<readonly Post[]> {
    const all: Post[] = []
    for (let order: number | undefined; ;) {
      const { posts, older } = await this.online.store.list(TOPIC, order === undefined ? { kind: 'newest' } : { kind: 'before', order }, 200)
      all.unshift(...posts)
      order = posts[0]?.order
      if (!older) return all
    }
  }

  /** How many posts there are, and the sum of their ids: two that agree hold the same. */
  async digest (): Promise<string> {
    const [root] = await this.online.store.ranges(TOPIC, [''])
    return root === undefined ? '0' : `${String(root.count)} ${Buffer.from(root.sum).toString('hex')}`
  }
}
