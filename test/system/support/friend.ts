import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChat } from '../../../main/chat/create-chat.ts'
import { createDesktopNode } from '../../../main/node/desktop-node.ts'
import { decodeInvite, encodeInvite } from '../../../main/node/discovery/invite.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { createLocalStore } from '../../support/store.ts'

/** Somebody else on a topic: all that a desktop has but the window. */
export interface Friend {
  readonly post: (text: string, topic?: string) => Promise<void>
  /** A link to a topic, as the app makes them. */
  readonly invite: (topic: string) => Promise<string>
  /** Texts of others that came. */
  readonly heard: () => readonly string[]
  readonly close: () => Promise<void>
}

/** Joins by an invite; further topics, by their wire names, are those of the same people. */
export async function startFriend (name: string, invite: string, more: readonly string[] = []): Promise<Friend> {
  const folder = mkdtempSync(join(tmpdir(), 'natter-friend-'))
  const { topic, record, relays } = await decodeInvite(invite)
  const key = await generateIdentity()
  const store = createLocalStore({ path: join(folder, 'posts.db') })
  const topics = [topic, ...more]
  const node = await createDesktopNode({
    privateKey: key, protocol: 'gossipsub', listenPort: 0, mdns: false, beRelay: false, topics, known: [], allowPrivate: true,
    relays: relays.map((address) => ({ address, source: { kind: 'invite', topic }, approved: true }))
  })
  const chat = await createChat({ node, key, store }, { subscriptions: topics, displayName: name })
  await node.people.know({ record, topics })
  const heard: string[] = []
  chat.on('post:arrive', ({ text }) => { heard.push(text) })
  return {
    post: async (text, where = topic) => { await chat.post(where, text) },
    invite: async (where) => encodeInvite({ topic: where, name, relays: [], record: await node.people.ownRecord() }, key),
    heard: () => heard,
    close: async () => {
      await chat.close()
      await node.stop()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
