import { setTimeout as delay } from 'node:timers/promises'
import { peerIdFromString } from '@libp2p/peer-id'
import { toString } from 'uint8arrays/to-string'
import type { CheckFinding, Protocol } from '../../../../preload/contract/index.ts'
import { counted, finding } from '../finding.ts'
import type { Facts, Step } from '../types.ts'

/** Milliseconds in which two who just connected have told each other their topics; 20 to 50 were measured. */
const SETTLES = 2_000
const LOOK = 100
/** Stream protocols that carry posts. */
const CARRIES_POSTS = /^\/(?:meshsub|floodsub)\//u

/** Whether two who are connected have something to talk about, and a protocol to do so in over this path. */
export const talkStep: Step = {
  id: 'talk',
  title: 'Do you share a topic and a protocol?',
  run: async (facts) => {
    const { context: { node, sharedWith, protocol }, person, way } = facts
    if (person === undefined) return finding('unknown', 'Nobody was chosen.')
    await way
    const peer = peerIdFromString(person)
    const open = node.libp2p.getConnections(peer).filter(({ status }) => status === 'open')
    if (open.length === 0) return finding('unknown', 'This shows once you are connected to them.')
    await settled(facts, person)
    const { protocols, metadata } = await node.components.peerStore.get(peer)
    const ours = node.libp2p.getProtocols()
    return judgeTalk({
      agent: toString(metadata.get('AgentVersion') ?? new Uint8Array(0)).slice(0, 80),
      current: protocol().current,
      common: protocols.filter((name) => CARRIES_POSTS.test(name) && ours.includes(name)),
      shared: sharedWith(person).length,
      isLimited: open.every(({ limits }) => limits !== undefined)
    })
  }
}

/** What two who are connected have in common. */
export interface Common {
  /** What their program calls itself. */
  readonly agent: string
  /** Ours. */
  readonly current: Protocol
  /** Protocols for posts that both speak. */
  readonly common: readonly string[]
  /** Topics that both are on. */
  readonly shared: number
  /** All that connects us is a circuit that carries so much and no more. */
  readonly isLimited: boolean
}

/** Tells whether two who are connected can talk over the path between them. */
export function judgeTalk ({ agent, current, common, shared, isLimited }: Common): CheckFinding {
  const evidence = [
    `Their program calls itself ${agent === '' ? 'nothing' : agent.replace(/[^\w ./+-]/gu, '?')}.`,
    common.length === 0 ? 'You have no protocol for posts in common.' : `You both speak ${common.join(', ')}.`
  ]
  if (common.length === 0) {
    return finding('bad', `You use ${current === 'gossipsub' ? 'Gossipsub' : 'Floodsub'}, and they speak no protocol for posts that goes with it.`, 'Switch the protocol in Settings, under Network, or ask them to.', evidence)
  }
  if (shared === 0) return finding('bad', 'You are connected, and on no topic together.', 'Invite them to a topic: they have to subscribe to it.', evidence)
  evidence.push(`You share ${counted(shared, 'topic', 'topics')}.`)
  if (!isLimited) return finding('good', `You share ${counted(shared, 'topic', 'topics')}, and a protocol that works over this path.`, '', evidence)
  evidence.push('The relay in between limits what this connection may carry.')
  return agent.startsWith('natter')
    ? finding('good', `You share ${counted(shared, 'topic', 'topics')}. The relay in between limits the connection; Natter renews it in time.`, '', evidence)
    : finding('warn', 'The relay in between limits this connection, and most other programs do not talk over such ones.', 'Use a relay together that sets no limits.', evidence)
}

/** Waits a moment for somebody who was just connected to. */
async function settled ({ context: { sharedWith }, signal }: Facts, person: string): Promise<void> {
  for (let waited = 0; waited < SETTLES && sharedWith(person).length === 0 && !signal.aborted; waited += LOOK) await delay(LOOK)
}
