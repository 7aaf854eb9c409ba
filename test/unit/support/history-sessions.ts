import { answerSession, type AnswerDeps } from '../../../main/chat/history/responder.ts'
import { askSession, type Asked } from '../../../main/chat/history/initiator.ts'
import { Coming } from '../../../main/chat/history/coming.ts'
import { decodeRequest } from '../../../main/chat/history/codec.ts'
import { DeadRanges } from '../../../main/chat/history/dead-ranges.ts'
import { Evidence, type Known } from '../../../main/chat/history/evidence.ts'
import { ANSWER_LIMITS, SESSION_LIMITS, type SessionLimits } from '../../../main/chat/history/limits.ts'
import { Line } from '../../../main/chat/history/line.ts'
import { Unwanted } from '../../../main/chat/history/unwanted.ts'
import type { Channel } from '../../../main/node/types.ts'
import { PlainHistory, takerOf } from './plain-history.ts'
import { channelPair, type PairOptions } from './channel-pair.ts'

export const TOPIC = '/natter/1/test'

/** Somebody with a history. */
export interface Peer {
  readonly id: string
  readonly store: PlainHistory
  readonly unwanted: Unwanted
  readonly coming: Coming
  readonly known: Map<string, Known>
  readonly dead: Map<string, DeadRanges>
  /** Bytes that strangers may add. @default any number */
  allowance: () => number
  /** Sessions that a peer began and that offered more than there was room for. */
  paced: number
  floor: number
  take: AnswerDeps['take']
  /** Payloads that came and were there already. */
  repeats: number
}

export function peerOf (id: string, payloads: Iterable<Uint8Array> = [], { isWanted, floor = 0 }: { readonly isWanted?: (stamp: number, text: string) => boolean, readonly floor?: number } = {}): Peer {
  const store = new PlainHistory()
  for (const payload of payloads) store.add(TOPIC, payload)
  const taker = takerOf(store, isWanted === undefined ? {} : { isWanted })
  const peer: Peer = {
    id,
    store,
    unwanted: new Unwanted(),
    coming: new Coming(),
    known: new Map(),
    dead: new Map(),
    allowance: () => Infinity,
    paced: 0,
    floor,
    repeats: 0,
    take: async (topic, given, from) => {
      const verdicts = await taker(topic, given, from)
      peer.repeats += verdicts.filter((verdict) => verdict === 'known').length
      return verdicts
    }
  }
  return peer
}

/** The end of a session that asks. */
export async function asks (peer: Peer, channel: Channel, limits: SessionLimits = SESSION_LIMITS): Promise<Asked> {
  const line = new Line(channel, limits)
  const { store, unwanted, take } = peer
  const dead = peer.dead.get(channel.peerId) ?? new DeadRanges()
  peer.dead.set(channel.peerId, dead)
  try {
    return await askSession(line, TOPIC, { store, unwanted, take, dead, allowance: () => peer.allowance(), floor: () => peer.floor, isHub: () => false, evidence: evidenceOf(peer, channel.peerId), onGot: () => {} })
  } catch (error) {
    channel.abort(error as Error)
    throw error
  } finally {
    line.release()
  }
}

/** The end of a session that answers. */
export async function answers (peer: Peer, channel: Channel, limits: SessionLimits = ANSWER_LIMITS): Promise<void> {
  const line = new Line(channel, limits)
  const { store, unwanted, take, coming } = peer
  try {
    const hello = decodeRequest(await line.expect())
    if (hello.case !== 'hello') throw new Error('no greeting')
    await answerSession(line, hello.value, {
      store, take, coming, floor: () => peer.floor, evidence: evidenceOf(peer, channel.peerId),
      isUnwanted: (id) => unwanted.has(TOPIC, id), onUnwanted: (id, verdict) => { unwanted.add(TOPIC, id, 0, verdict) }, onGot: () => {},
      allowance: () => peer.allowance(), onPaced: () => { peer.paced += 1 }
    })
  } catch (error) {
    channel.abort(error as Error)
    throw error
  } finally {
    line.release()
  }
}

/** Runs one session; what broke on the way is no failure of the two. */
export async function session (one: Peer, other: Peer, options: PairOptions = {}): Promise<Asked | Error> {
  const { ends: [left, right] } = channelPair(one.id, other.id, options)
  const [asked] = await Promise.allSettled([asks(one, left), answers(other, right)])
  return asked.status === 'fulfilled' ? asked.value : asked.reason as Error
}

function evidenceOf (peer: Peer, other: string): Evidence {
  const known = peer.known.get(other) ?? {}
  peer.known.set(other, known)
  return new Evidence({ store: peer.store, isHub: () => false }, other, TOPIC, known)
}
