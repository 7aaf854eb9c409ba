import { MAX_NAME_LENGTH } from '../../chat/limits.ts'
import { checkTopicId, cleanName, dialectOf, titleOf } from '../../chat/names.ts'
import { readRelayAddress } from '../../node/addresses/relay-address.ts'
import { decodeInvite, encodeInvite, type Invite } from '../../node/discovery/invite.ts'
import { CallError } from '../errors.ts'
import { relaysToOffer } from '../invite-relays.ts'
import { findRelay, withRelays, type StoredRelay } from '../relay-list.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { setRelays } from './relays.ts'
import { saveNow } from './save.ts'

/** Calls about invites. */
export function inviteHandlers (deps: ApiDeps): Pick<Handlers, 'createInvite' | 'readInvite' | 'joinInvite'> {
  const { session, settings, sources } = deps
  return {
    createInvite: async ({ topic }) => {
      const running = await session.whenRunning()
      if (!running.chat.subscriptions().includes(topic)) throw new CallError('ERR_BAD_ARGUMENT', 'You are not on this topic any more: subscribe to it, then invite people.')
      const { reachability } = running.node
      const { addresses, answering, leftOut } = relaysToOffer(sources.candidates(), reachability.relays, reachability.state.through.map(({ relay }) => relay))
      const link = await encodeInvite({
        topic,
        name: settings.visible().displayName.slice(0, MAX_NAME_LENGTH),
        relays: addresses,
        record: await running.node.people.ownRecord()
      }, running.open.key)
      return { link, relays: { named: addresses.length, answering, leftOut } }
    },

    readInvite: async ({ link }) => {
      const { topic, from, name, relays } = await read(link)
      return {
        topic,
        title: titleOf(topic),
        dialect: dialectOf(topic),
        from: { peerId: from, name: cleanName(name) },
        relays: relays.map((relay) => ({ ...relay, known: findRelay(sources.candidates(), relay.peerId)?.approved === true })),
        subscribed: settings.stored().subscriptions.includes(topic)
      }
    },

    joinInvite: async ({ link }) => {
      const { topic, from, relays, record, ...invite } = await read(link)
      const { chat, node } = await session.whenRunning()
      // The person agreed to these by joining. Ones that they have already stay as they are.
      const mine = settings.stored().relays
      const added = relays.filter(({ peerId }) => findRelay(sources.candidates(), peerId)?.approved !== true)
        .map(({ address }): StoredRelay => ({ address, source: { kind: 'invite', topic }, approved: true }))
      await setRelays(deps, withRelays(mine, added))
      chat.subscribe(topic)
      settings.update({ subscriptions: [...chat.subscriptions()] })
      await saveNow(deps)
      if (from !== node.peerId) {
        // Whoever invited you is no stranger, however new: their posts are not the first to go when space runs out.
        await chat.welcome(from)
        const name = cleanName(invite.name)
        chat.learnName(from, name)
        await node.people.know({ record, topics: [topic] })
        settings.remember({ peerId: from, record, topics: topicsWith(from, topic), ...(name === '' ? {} : { name }) })
      }
      return { topic }
    }
  }

  /** The invite, with those of its relays that we could dial. */
  async function read (link: string): Promise<Omit<Invite, 'relays'> & { readonly relays: readonly { readonly address: string, readonly peerId: string }[] }> {
    const invite = await decodeInvite(link)
    checkTopicId(invite.topic)
    const own = session.self()?.peerId
    const relays = invite.relays.flatMap((address) => {
      try {
        return [{ address, peerId: readRelayAddress(address, own).peerId }]
      } catch {
        // One that speaks QUIC alone, or is ourselves: the others may do.
        return []
      }
    })
    return { ...invite, relays: relays.filter(({ peerId }, at) => relays.findIndex((other) => other.peerId === peerId) === at) }
  }

  function topicsWith (peerId: string, topic: string): readonly string[] {
    const before = settings.known().find((person) => person.peerId === peerId)?.topics ?? []
    return [...new Set([...before, topic])]
  }
}
