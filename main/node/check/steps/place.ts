import { peerIdFromString } from '@libp2p/peer-id'
import type { CheckFinding, Relay } from '../../../../preload/contract/index.ts'
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
  run: async ({ context }) => {
    const approved = context.approved()
    const relays = context.relays().filter(({ peerId }) => approved.has(peerId))
    if (relays.length === 0) return finding('unknown', 'There is no relay to ask for a place.')
    return judgePlaces(await Promise.all(relays.map(async (relay) => ({ relay, ...await standOf(context, relay) }))))
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

/** What a connected relay says of our place; no reason also where it says nothing. */
async function standOf ({ node }: CheckContext, { peerId }: Relay): Promise<Omit<Stand, 'relay'>> {
  const [connection] = directConnections(node.components.connectionManager.getConnections(peerIdFromString(peerId)))
  const standing = connection === undefined ? undefined : await askStanding(connection)
  return { reason: standing?.reason, connected: standing !== undefined }
}
