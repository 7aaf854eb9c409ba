import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { CheckFinding, Relay } from '../../../../preload/contract/index.ts'
import { CHECK_LIMITS } from '../../limits.ts'
import { askStanding } from '../../reachability/relay-standing.ts'
import { refusal } from '../../reachability/words.ts'
import { directConnections } from '../../relay/addresses.ts'
import type { Refusal } from '../../relay/refusals.ts'
import { counted, finding } from '../finding.ts'
import type { CheckContext, Step } from '../types.ts'

/** Whether a relay listens for us; if none does, why each refuses, asked of itself. */
export const placeStep: Step = {
  id: 'place',
  title: 'Does a relay listen for you?',
  run: async ({ context, signal }) => {
    const approved = context.approved()
    const relays = context.relays().filter(({ peerId }) => approved.has(peerId))
    if (relays.length === 0) return finding('unknown', 'There is no relay to ask for a place.')
    return judgePlaces(await Promise.all(relays.map(async (relay) => ({ relay, ...await standOf(context, relay, signal) }))))
  }
}

/** One relay: how our watch has it, and what it says itself. */
export interface Stand {
  readonly relay: Pick<Relay, 'peerId' | 'state' | 'detail'>
  /** Why it gives us no place; undefined also where it says nothing. */
  readonly reason: Refusal | undefined
  readonly connected: boolean
}

/** Tells whether a relay listens for us, and if none does, what keeps it from it. */
export function judgePlaces (stands: readonly Stand[]): CheckFinding {
  const evidence = stands.map(({ relay, reason }) => `Relay ${relay.peerId}: ${reason === undefined ? relay.detail : refusal(reason, undefined)}`)
  const held = stands.filter(({ relay }) => relay.state === 'reserved')
  const closing = held.filter(({ reason }) => reason === 'draining')
  if (held.length > closing.length) {
    return finding('good', `${counted(held.length, 'relay listens', 'relays listen')} for you.`, held.length === 1 ? 'A second relay would take over at once if this one fails.' : '', evidence)
  }
  if (closing.length > 0) {
    return finding('warn', 'The only relay that listens for you is about to close.', 'Add another relay in Settings, under Network.', evidence)
  }
  const [refused] = stands.filter(({ reason }) => reason !== undefined)
  if (refused?.reason !== undefined) {
    return finding('bad', `No relay listens for you. ${refusal(refused.reason, undefined)}`, ADVICE[refused.reason] ?? 'Add another relay in Settings, under Network.', evidence)
  }
  if (stands.some(({ connected }) => connected)) {
    return finding('bad', 'No relay listens for you, though one says that nothing is in the way.', 'Look at the clock of this computer: one that is ahead takes each place for one that has run out. Else check again in a moment.', evidence)
  }
  const [answering] = stands.filter(({ relay }) => relay.state === 'refused')
  return answering === undefined
    ? finding('bad', 'No relay listens for you: none could be asked.', 'What is said above about your relays comes first.', evidence)
    : finding('bad', `No relay listens for you. ${answering.relay.detail}`, 'Add another relay in Settings, under Network.', evidence)
}

const ADVICE: Readonly<Partial<Record<Refusal, string>>> = {
  reservations: 'Natter asks again every few seconds and takes a place once one is free. Add another relay, or ask whoever runs this one to raise --max-reservations.',
  reservationsPerAddress: 'Many people behind one address use this relay. Add another relay, or ask whoever runs this one to raise its limit for an address.',
  notAllowed: 'Send your peer id to whoever runs the relay, and ask to be let in.',
  banned: 'Ask whoever runs the relay why, or add another one.',
  draining: 'Natter takes a place again once the relay is back. Another relay would bridge the time.'
}

/** What a relay says of our place; no reason also where it says nothing. One that refused us may have been left: it is asked anew. */
async function standOf (context: CheckContext, relay: Relay, signal: AbortSignal): Promise<Omit<Stand, 'relay'>> {
  const { components: { connectionManager }, slots } = context.node
  const peer = peerIdFromString(relay.peerId)
  const [open] = directConnections(connectionManager.getConnections(peer))
  const anew = open === undefined && relay.state === 'refused' ? await comeBack(context, relay.peerId, signal) : undefined
  const connection = open ?? anew
  const standing = connection === undefined ? undefined : await askStanding(connection)
  // It may have given us a place meanwhile.
  if (!slots.has(peer)) void anew?.close().catch(() => {})
  return { reason: standing?.reason, connected: standing !== undefined }
}

async function comeBack ({ node, approved }: CheckContext, peerId: string, signal: AbortSignal): Promise<Connection | undefined> {
  const address = approved().get(peerId)
  if (address === undefined) return undefined
  return node.components.connectionManager.openConnection(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMITS.dial)]) }).catch(() => undefined)
}
