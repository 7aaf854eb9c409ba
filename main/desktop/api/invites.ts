import { MAX_NAME_LENGTH } from '../../chat/limits.ts'
import { checkTopicId, cleanName, dialectOf, titleOf } from '../../chat/names.ts'
import { readRelayAddress } from '../../node/addresses/relay-address.ts'
import { decodeInvite, encodeInvite, MAX_INVITE_RELAYS, type Invite } from '../../node/discovery/invite.ts'
import { peerIdInAddress } from '../../node/addresses/peer-ids.ts'
import type { RelayCandidate } from '../../node/types.ts'
import { CallError } from '../errors.ts'
import { findRelay, withRelays, type StoredRelay } from '../relay-list.ts'
import type { Running } from '../session.ts'
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
      const link = await encodeInvite({
        topic,
        name: settings.visible().displayName.slice(0, MAX_NAME_LENGTH),
        relays: relaysToOffer(running, sources.candidates()),
        record: await running.node.people.ownRecord()
      }, running.open.key)
      return { link }
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
      const { topic, from, relays, record } = await read(link)
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
        await node.people.know({ record, topics: [topic] })
        settings.remember({ peerId: from, record, topics: topicsWith(from, topic) })
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

/** Our relays, those first that listen for us now. */
function relaysToOffer ({ node }: Running, relays: readonly RelayCandidate[]): readonly string[] {
  const through = node.reachability.state.through.map(({ relay }) => relay)
  const rank = ({ address }: RelayCandidate): number => {
    const at = through.indexOf(peerIdInAddress(address) ?? '')
    return at === -1 ? through.length : at
  }
  return relays.filter(({ approved }) => approved).sort((a, b) => rank(a) - rank(b)).slice(0, MAX_INVITE_RELAYS).map(({ address }) => address)
}
