import type { Entry } from '../../store/types.ts'
import type { Item, Lacked } from './compare.ts'
import { DeadRanges } from './dead-ranges.ts'
import { decodeAnswer, encodeRequest, read, toBytes, toCharacters, type AnswerBody } from './codec.ts'
import { broken, HistoryError, ours } from './errors.ts'
import type { Evidence } from './evidence.ts'
import { fingerprint, NOTHING } from './fingerprint.ts'
import { packAsked } from './keys.ts'
import { EXCHANGE_PAYLOADS, MAX_DECLINED, MAX_EXCHANGE, MAX_PREFIXES, MAX_STAMP, MAX_VAIN, PACE, SESSION_LIMITS, VERSION } from './limits.ts'
import type { Line } from './line.ts'
import { Intake, marked, putPosts } from './transfer.ts'
import type { HistoryDeps, SessionOutcome } from './types.ts'
import type { Unwanted } from './unwanted.ts'
import { unpackViews, type Listed } from './views.ts'
import { Walk } from './walk.ts'

/** What a session that we begin stands on. */
export interface AskDeps extends Pick<HistoryDeps, 'store' | 'take' | 'floor' | 'isHub' | 'allowance'> {
  readonly unwanted: Unwanted
  /** Gathers what the peer is seen to hold. */
  readonly evidence: Evidence
  /** Ranges that differ from the peer's for good. @default none is known */
  readonly dead?: DeadRanges
  /** Posts that came and were kept, in all. */
  readonly onGot: (posts: number) => void
}

/** How a session that we began ended. */
export interface Asked extends SessionOutcome {
  /** Both histories were the same at the end. */
  readonly isSame: boolean
  /** They were said to differ, and nothing that differs was found. */
  readonly isVain: boolean
}

/** Bytes that a range may cost in an answer: a list of 24 posts. */
const RANGE_BYTES = 384
/** Bytes that a post is taken to have, before it is there. */
const POST_BYTES = 512
/** Bytes that naming a post in a request costs: a group of its own, or its id. */
const NAME_BYTES = 32

/**
 * Finds out what of a topic the peer has and we lack, and the other way
 * round, and moves just that. We ask, the peer answers.
 *
 * @throws {HistoryError}
 */
export async function askSession (line: Line, topic: string, deps: AskDeps): Promise<Asked> {
  const { store, unwanted, evidence, dead = new DeadRanges() } = deps
  const salt = dead.begin()
  const ownFloor = deps.floor(topic)
  const tally = { got: 0, gave: 0, declined: 0, missed: 0, left: false, isTight: false, isPaced: false, looks: PACE.looks }

  const ask = async (request: Parameters<typeof encodeRequest>[0]): Promise<AnswerBody> => {
    line.countRoundTrip()
    await line.send(encodeRequest(request))
    return answer()
  }
  const answer = async (): Promise<AnswerBody> => {
    const body = decodeAnswer(await line.expect())
    if (body.case === 'end') throw new HistoryError('ERR_REFUSED', 'The peer does not hand out its history of this topic now; it is asked again later.', { reason: body.value.reason })
    return body
  }
  const root = async (): Promise<string> => fingerprint(salt, (await ours(store.ranges(topic, [''])))[0] ?? NOTHING)

  const outcome = (isSame: boolean, isVain: boolean, complete: boolean): Asked => ({
    peerId: line.peerId, topic, complete, isPaced: tally.isPaced, got: tally.got, gave: tally.gave, roundTrips: line.roundTrips, bytesBeyondPosts: line.beyondPosts, isSame, isVain
  })
  if (line.left < SESSION_LIMITS.least) return outcome(false, false, false)

  const welcome = await ask({ case: 'hello', value: { version: VERSION, topic, salt, floor: BigInt(ownFloor) } })
  if (welcome.case !== 'welcome') throw broken('did not answer the greeting')
  if (welcome.value.floor > BigInt(MAX_STAMP)) throw broken('named an impossible floor')
  const floor = Math.max(ownFloor, Number(welcome.value.floor))
  const [theirs, ownRoot] = [toCharacters(welcome.value.fingerprint), await root()]
  const differs = theirs !== ownRoot
  if (differs) await evidence.prepare(floor)

  const isUnwanted = (listed: Listed): boolean => {
    const why = unwanted.whyListed(topic, salt, listed)
    if (why === 'later') tally.isPaced = tally.left = true
    return why !== undefined
  }
  const walk = new Walk(store, topic, { salt, floor, dead, isUnwanted }, (entries) => { evidence.shown(entries) }, (prefix) => { evidence.skipped(prefix) })
  const isDead = differs && dead.has('', theirs, ownRoot)
  if (isDead) evidence.skipped('')
  else if (differs) {
    dead.note('', theirs, ownRoot)
    const whole: Item = { prefix: '', list: false, count: 0 }
    await walk.absorb([whole], read(() => unpackViews([whole], welcome.value.view)))
  }

  while (walk.hasRanges || walk.toMove > 0) {
    const { left } = line
    if (left < SESSION_LIMITS.least) {
      tally.left = true
      break
    }
    // Over a small budget, what was found is moved before more is looked for.
    const enough = Math.min(MAX_EXCHANGE, Math.max(8, left / 4 / POST_BYTES))
    if (walk.toMove >= enough || !walk.hasRanges) await exchange(left)
    else if (tally.isPaced && --tally.looks < 0) break
    else await look(left)
    if (walk.vain > MAX_VAIN + tally.got + tally.gave) throw new HistoryError('ERR_WASTED', 'The peer named differences that are none; it is left alone for a while.')
  }

  async function look (left: number): Promise<void> {
    const items = walk.next(Math.max(1, Math.min(MAX_PREFIXES, Math.floor(left / 4 / RANGE_BYTES))))
    const views = await ask({ case: 'ranges', value: { prefixes: packAsked(items) } })
    if (views.case !== 'views') throw broken('did not say what its history looks like')
    await walk.absorb(items, read(() => unpackViews(items, views.value.views)))
  }

  async function exchange (left: number): Promise<void> {
    const most = Math.max(1, Math.min(MAX_EXCHANGE, Math.floor(left / 8 / NAME_BYTES)))
    const allowed = deps.allowance?.(topic, line.peerId) ?? Infinity
    const isTight = allowed < PACE.least
    // A few posts of a session are asked for in any case: those of people who are known always have room.
    if (isTight && tally.isTight && walk.hasLacked) pace()
    const offers = await walk.takeOffers(most)
    const lacked = walk.takeLacked(isTight ? Math.min(most, PACE.posts) : most)
    tally.isTight ||= isTight && lacked.length > 0
    if (offers.length + lacked.length === 0) return
    // Half of what is left, where posts go both ways.
    const room = Math.min(EXCHANGE_PAYLOADS, Math.floor(Math.max(allowed, PACE.bytes)), Math.floor((left - (lacked.length + offers.length) * NAME_BYTES) * (offers.length > 0 ? 0.5 : 0.9)))
    const intake = new Intake({ peerId: line.peerId, topic, salt, lacked, room, unwanted, take: deps.take })
    let body = await ask({ case: 'exchange', value: { groups: groupsOf(lacked), offer: Buffer.concat(offers.map(({ id }) => id)), maxBytes: lacked.length === 0 ? 0 : room } })
    while (body.case === 'posts') {
      line.countPayloads(body.value.payloads)
      const kept = await intake.add(body.value.payloads)
      tally.got += kept
      if (kept > 0) deps.onGot(tally.got)
      body = await answer()
    }
    if (body.case !== 'given') throw broken('did not hand out what it was asked for')
    if (intake.later > 0) pace()
    if (body.value.skipped > 0 && !intake.isEmpty) walk.putBack(intake.rest, [])
    else miss(intake.missing, body.value.skipped > 0)
    await give(offers, body.value.wanted)
  }

  /** There is no room for more: the rest is fetched another time. */
  function pace (): void {
    tally.isPaced = true
    tally.left = true
    walk.stopFetching()
  }

  /** Posts that the peer listed did not come: deleted meanwhile, too big for what is left, or never there. */
  function miss (count: number, isForSize: boolean): void {
    tally.missed += isForSize ? 0 : count
    tally.left ||= count > 0
    if (tally.missed > MAX_VAIN + tally.got) throw new HistoryError('ERR_WASTED', 'The peer named posts that it does not hand out; it is left alone for a while.')
  }

  async function give (offers: readonly Entry[], wantedBits: Uint8Array): Promise<void> {
    const wanted = marked(offers, wantedBits)
    const declined = offers.filter((entry) => !wanted.includes(entry))
    evidence.declined(declined)
    tally.declined += declined.length
    if (wanted.length === 0) return
    line.countRoundTrip()
    const { put, rest } = await putPosts(line, store, topic, wanted)
    const body = await answer()
    if (body.case !== 'took') throw broken('did not say what it kept')
    const kept = marked(put, body.value.kept)
    if (put.length > 0) walk.putBack([], rest)
    else tally.left = true
    tally.gave += kept.length
    evidence.taken(kept, put)
  }

  const complete = !tally.left && !walk.isCut
  const own = await root()
  const last = await ask({ case: 'done', value: { complete, fingerprint: toBytes(own) } })
  if (last.case !== 'done') throw broken('did not end in good order')
  // 'The same' is said of what was compared: not where a post of ours came to it meanwhile.
  const { written } = evidence
  const isSame = toCharacters(last.value.fingerprint) === own && await root() === own && evidence.written === written
  if (complete && !isSame) dead.keep()
  await evidence.conclude(isSame ? 'same' : complete ? 'complete' : 'cut')
  // Histories also differ in what one of the two does not want; a peer that wants next to nothing only says so.
  const isExplained = isSame || isDead || floor > 0 || walk.unwanted > 0 || (tally.declined > 0 && tally.declined <= MAX_DECLINED)
  return outcome(isSame, differs && !isExplained && tally.got + tally.gave === 0, complete)
}

function groupsOf (lacked: readonly Lacked[]): { readonly prefix: Uint8Array, readonly shorts: Uint8Array }[] {
  return lacked.map(({ prefix, list, entries }) => ({ prefix: packAsked([{ prefix, list }]), shorts: toBytes(entries.map(({ short }) => short).join('')) }))
}

