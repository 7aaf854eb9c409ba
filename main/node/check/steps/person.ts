import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { CheckFinding } from '../../../../preload/contract/index.ts'
import { planDial, relayOf } from '../../discovery/records.ts'
import { isCircuit } from '../../addresses/kinds.ts'
import { CHECK_LIMITS } from '../../limits.ts'
import { refusedCircuit } from '../../reachability/circuit-refused.ts'
import { isRefused, relayTrouble } from '../../reachability/words.ts'
import { finding, stretch } from '../finding.ts'
import type { Facts, Step } from '../types.ts'

/** What came of one address: they answered; they are not there; nothing came back; a relay lets nobody through to them; something in between failed. */
type Outcome = 'reached' | 'gone' | 'silent' | 'refused' | 'between'

/** Whether a person is still where they said last that they are. */
export const personStep: Step = {
  id: 'person',
  title: 'Can this person be reached where they said they are?',
  run: async (facts) => {
    const { context: { node, recordOf, approved, allowPrivate }, person } = facts
    if (person === undefined) return finding('unknown', 'Nobody was chosen.')
    const peer = peerIdFromString(person)
    if (node.gater.isRefused(person)) return finding('bad', 'You blocked this person, or they broke the rules within the last minute: Natter refuses their connections.', 'Whom you blocked stands in Settings, under Privacy.')
    const open = node.libp2p.getConnections(peer).filter(({ status }) => status === 'open')
    const best = open.find(({ remoteAddr }) => !isCircuit(remoteAddr)) ?? open[0]
    if (best !== undefined) return finding('good', `You are connected, ${way(best.remoteAddr)}.`)
    const record = recordOf(person)
    if (record === undefined) return finding('bad', 'Natter knows no address of this person.', 'Ask them for an invite: it holds their address.')
    const age = Date.now() - Number(record.sequence)
    const said = age > 0 ? `They said where they are ${stretch(age)} ago.` : 'When they said where they are cannot be told: one of your two clocks is wrong.'
    const { addresses, unknownRelays } = planDial(record, approved(), allowPrivate)
    if (addresses.length === 0) {
      return unknownRelays.length > 0
        ? finding('bad', 'They can be reached through relays alone that you do not use.', 'Agree to one of these relays in Settings, under Network, or use one relay together.', [said, ...unknownRelays.map((relay) => `They use the relay at ${relay.toString()}.`)])
        : finding('bad', 'No address of theirs leads out of their own network.', 'They need a relay: agree on one that both of you use.', [said])
    }
    return judgePerson(await tryAll(addresses, facts), said)
  }
}

/** What came of one address of theirs. */
export interface Try {
  readonly address: Multiaddr
  readonly outcome: Outcome
  readonly words: string
}

/** Tells whether they are where they said they are. */
export function judgePerson (tries: readonly Try[], said: string): CheckFinding {
  const evidence = [said, ...tries.map(({ words }) => words)]
  const reached = tries.find(({ outcome }) => outcome === 'reached')
  if (reached !== undefined) return finding('good', `They answered just now, ${way(reached.address)}.`, '', evidence)
  if (tries.some(({ outcome }) => outcome === 'gone')) {
    return finding('bad', 'They are not where they said they are: they are offline, or their address is stale.', 'Ask them whether Natter runs there, and for a new invite if it does: it holds the address that they have now.', evidence)
  }
  const refused = tries.find(({ outcome }) => outcome === 'refused')
  if (refused !== undefined) return finding('bad', `They may be there, and the relay lets nobody through to them. ${refused.words}`, 'Use another relay together, or check again in a minute.', evidence)
  return tries.some(({ outcome }) => outcome === 'between')
    ? finding('unknown', 'The relay between you two does not answer, so nothing can be told about them.', 'What is said above about your relays comes first.', evidence)
    : finding('bad', 'Nothing comes back from their addresses: they are offline, or a firewall on their side lets nobody in.', 'Agree on a relay that both of you use.', evidence)
}

/** Circuits one after the other, since each answers at once; before that all direct addresses, of which a dead one takes its time. */
async function tryAll (addresses: readonly Multiaddr[], facts: Facts): Promise<Try[]> {
  const answers = await Promise.all(addresses.map(async (address) => isCircuit(address) ? undefined : knock(address, facts)))
  const tries: Try[] = []
  for (const [i, address] of addresses.entries()) {
    const knocked = answers[i]
    const one = knocked === undefined || knocked.outcome === 'reached' ? await dial(address, facts) : knocked
    tries.push({ address, ...one })
    if (one.outcome === 'reached') break
  }
  return tries
}

/** Whether anybody at all answers there. */
async function knock (address: Multiaddr, { context, signal }: Facts): Promise<Omit<Try, 'address'>> {
  try {
    const socket = await context.node.outbound.connect(address, AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMITS.port)]))
    socket.on('error', () => {})
    socket.destroy()
    return { outcome: 'reached', words: '' }
  } catch (error) {
    return { outcome: isRefused(error) ? 'gone' : 'silent', words: `At ${placeOf(address)}: ${asSaidOf(error)}` }
  }
}

async function dial (address: Multiaddr, { context, signal }: Facts): Promise<Omit<Try, 'address'>> {
  const place = isCircuit(address) ? `Through relay ${relayOf(address)?.peer ?? ''}` : `At ${placeOf(address)}`
  try {
    await context.node.libp2p.dial(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(CHECK_LIMITS.dial)]) })
    return { outcome: 'reached', words: `${place}: they answered.` }
  } catch (error) {
    const refused = refusedCircuit(error)
    if (refused?.reason === 'noReservation') return { outcome: 'gone', words: `${place}: the relay answers, and holds no place for them.` }
    if (refused?.reason === 'connectionFailed') return { outcome: 'gone', words: `${place}: the relay holds a place for them, and they do not answer it.` }
    if (refused !== undefined) return { outcome: 'refused', words: refused.message }
    if (isCircuit(address)) return { outcome: 'between', words: `${place}: ${relayTrouble(error)}` }
    return { outcome: 'gone', words: `${place}: ${asSaidOf(error)}` }
  }
}

/** Sentences about relays, said of a person's address. */
function asSaidOf (error: unknown): string {
  return relayTrouble(error).replace('It does not answer.', 'nothing comes back.').replace('Nobody answers at its address.', 'nobody answers there.').replace('Another peer answers at this address.', 'another peer answers there.').replace('This network has no way to its address.', 'this network has no way there.')
}

function placeOf (address: Multiaddr): string {
  return address.toString().replace(/\/p2p\/[^/]+$/u, '')
}

function way (address: Multiaddr): string {
  const relay = relayOf(address)?.peer
  return relay === undefined ? 'directly' : `through relay ${relay}`
}
