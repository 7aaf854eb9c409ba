import type { Entry } from '../../store/types.ts'
import { packBits } from './bytes.ts'
import { cut, decodeRequest, encodeAnswer, read, toBytes, toCharacters } from './codec.ts'
import type { Coming } from './coming.ts'
import { inTurns } from '../turns.ts'
import { broken, HistoryError, ours } from './errors.ts'
import type { Evidence } from './evidence.ts'
import { fingerprint, idOf, NOTHING, shortId } from './fingerprint.ts'
import type { Done, Exchange, Hello, Put, Ranges } from './history_pb.ts'
import { byRange, unpackAsked } from './keys.ts'
import { EXCHANGE_PAYLOADS, MAX_EXCHANGE, MAX_LIST, MAX_LISTED, MAX_PREFIXES, MAX_SEARCHED, MAX_STAMP, PACE, SALT_BYTES, SHORT_BYTES } from './limits.ts'
import type { Line } from './line.ts'
import { countKept, Parcels, payloadsOf } from './transfer.ts'
import type { HistoryDeps } from './types.ts'
import { listOf, packViews, viewOf, type View } from './views.ts'

/** What a session that a peer begins with us stands on. */
export interface AnswerDeps extends Pick<HistoryDeps, 'store' | 'take' | 'floor' | 'allowance'> {
  readonly evidence: Evidence
  /** Whether we once got this post and do not keep it. */
  readonly isUnwanted: (id: Uint8Array) => boolean
  /** A post that we do not keep came, or one for which there is no room now. */
  readonly onUnwanted: (id: Uint8Array, verdict: 'unwanted' | 'later') => void
  /** The peer offered more posts than there is room for. @default nobody is told */
  readonly onPaced?: () => void
  readonly coming: Coming
  readonly onGot: (posts: number) => void
}

/** How a session that a peer began ended. */
export interface Answered {
  readonly got: number
  readonly gave: number
  readonly isSame: boolean
}

/**
 * Answers a peer that wants to compare a topic with us, until it is done.
 * Each answer comes from the store alone; what is kept meanwhile is which
 * posts we said that we want.
 *
 * @param hello its first message
 * @throws {HistoryError}
 */
export async function answerSession (line: Line, { topic, salt, floor: theirFloor }: Hello, deps: AnswerDeps): Promise<Answered> {
  if (salt.byteLength !== SALT_BYTES || theirFloor > BigInt(MAX_STAMP)) throw broken('greeted in a wrong way')
  const { store, evidence, coming } = deps
  const { peerId } = line
  const ownFloor = deps.floor(topic)
  const wanted = new Set<string>()
  let kept: boolean[] = []
  const tally = { got: 0, gave: 0 }

  const root = async (): Promise<{ readonly print: string, readonly view: View }> => {
    const [range] = await ours(store.ranges(topic, ['']))
    return { print: fingerprint(salt, range ?? NOTHING), view: viewOf(salt, range) }
  }
  const reply = async (body: Parameters<typeof encodeAnswer>[0]): Promise<void> => line.send(encodeAnswer(body))

  try {
    const { print, view } = await root()
    await reply({ case: 'welcome', value: { floor: BigInt(ownFloor), fingerprint: toBytes(print), view: packViews([{ prefix: '', list: false }], [view]) } })
    for (;;) {
      const body = decodeRequest(await line.expect())
      line.countRoundTrip()
      if (body.case === 'done') return await end(body.value)
      if (line.left === 0) {
        await reply({ case: 'end', value: { reason: 'enough' } })
        throw new HistoryError('ERR_REFUSED', 'The peer asked for more than one session gives.', { reason: 'enough' })
      }
      switch (body.case) {
        case 'ranges': await look(body.value); break
        case 'exchange': await exchange(body.value); break
        case 'put': await put(body.value); break
        case 'hello': throw broken('greeted twice')
      }
    }
  } finally {
    coming.abandon(wanted, peerId)
  }

  async function look ({ prefixes }: Ranges): Promise<void> {
    const asked = read(() => unpackAsked(prefixes, MAX_PREFIXES))
    const ranges = await ours(store.ranges(topic, asked.map(({ prefix }) => prefix)))
    const rangeOf = byRange(ranges)
    let listed = 0
    const views = await inTurns(asked, async ({ prefix, list }): Promise<View> => {
      const range = rangeOf(prefix)
      if (list && range?.children !== undefined && range.count <= MAX_LIST && listed + range.count <= MAX_LISTED) {
        listed += range.count
        const entries = await ours(store.entries(topic, prefix, undefined, MAX_LIST))
        return listOf(salt, entries)
      }
      return viewOf(salt, range)
    })
    await reply({ case: 'views', value: { views: packViews(asked, views) } })
  }

  async function exchange ({ groups, offer, maxBytes }: Exchange): Promise<void> {
    if (groups.length > MAX_EXCHANGE) throw broken('asked for too many posts at once')
    const { found: entries, passed } = await find(groups.map(({ prefix, shorts }) => {
      const [asked, more] = read(() => unpackAsked(prefix, 1))
      if (asked === undefined || more !== undefined) throw broken('asked for posts of no range')
      return { ...asked, shorts: cut(shorts, SHORT_BYTES, MAX_EXCHANGE).map(toCharacters) }
    }))
    let skipped = passed
    let room = Math.min(maxBytes, line.left, EXCHANGE_PAYLOADS)
    const parcels = new Parcels(async (payloads) => {
      line.countPayloads(payloads)
      await reply({ case: 'posts', value: { payloads: [...payloads] } })
    })
    for await (const { payload } of payloadsOf(store, topic, entries)) {
      if (payload.byteLength > room) {
        skipped += 1
        continue
      }
      room -= payload.byteLength
      tally.gave += 1
      await parcels.add(payload)
    }
    await parcels.flush()
    await reply({ case: 'given', value: { skipped, wanted: packBits(await want(cut(offer, 32, MAX_EXCHANGE))) } })
  }

  /** The posts that short ids stand for, in the order of the groups, newest first within each; and how many were not looked for, because that would cost too much. */
  async function find (groups: readonly { readonly prefix: string, readonly list: boolean, readonly shorts: readonly string[] }[]): Promise<{ readonly found: readonly Entry[], readonly passed: number }> {
    if (groups.reduce((sum, { shorts }) => sum + shorts.length, 0) > MAX_EXCHANGE) throw broken('asked for too many posts at once')
    const rangeOf = byRange(await ours(store.ranges(topic, groups.filter(({ list }) => !list).map(({ prefix }) => prefix))))
    const found: Entry[] = []
    let searched = 0
    let passed = 0
    await inTurns(groups, async ({ prefix, list, shorts }) => {
      if (searched > MAX_SEARCHED) {
        passed += shorts.length
        return
      }
      const asked = new Set(shorts)
      // A range that grew meanwhile is no longer listed, but the post is still there.
      const entries = (list ? undefined : rangeOf(prefix)?.entries) ?? await ours(store.entries(topic, prefix, undefined, MAX_LIST))
      searched += entries.length
      found.push(...entries.filter(({ id }) => asked.has(shortId(salt, id))).reverse())
    })
    return { found, passed }
  }

  async function want (ids: readonly Uint8Array[]): Promise<boolean[]> {
    const known = new Set<string>()
    for await (const { entry } of payloadsOf(store, topic, ids.map((id) => ({ stamp: 0, id })))) known.add(nameOf(entry.id))
    evidence.shown(ids.filter((id) => known.has(nameOf(id))).map((id) => ({ stamp: 0, id })))
    // What was offered before and did not come is no longer waited for.
    coming.abandon(wanted, peerId)
    wanted.clear()
    kept = []
    const gone = store.topic(topic).gone === 0 ? [] : await ours(store.areGone(topic, ids))
    const allowed = deps.allowance?.(topic, peerId) ?? Infinity
    const most = allowed < PACE.least ? PACE.posts : allowed / PACE.typical
    return ids.map((id, at) => {
      const name = nameOf(id)
      if (known.has(name) || wanted.has(name) || gone[at] === true || deps.isUnwanted(id)) return false
      if (wanted.size >= most) {
        deps.onPaced?.()
        return false
      }
      if (!coming.claim(name, peerId)) return false
      wanted.add(name)
      return true
    })
  }

  async function put ({ payloads, last }: Put): Promise<void> {
    if (payloads.length === 0 && !last) throw broken('sent nothing, and at length')
    line.countPayloads(payloads)
    const ids = payloads.map(idOf)
    for (const name of ids.map(nameOf)) {
      if (!wanted.delete(name)) throw broken('sent what was not asked for')
      coming.release(name, peerId)
    }
    if (payloads.length > 0) {
      const verdicts = await ours(deps.take(topic, payloads, peerId))
      const got = countKept(verdicts)
      tally.got += got
      if (got > 0) deps.onGot(tally.got)
      verdicts.forEach((verdict, at) => {
        kept.push(verdict === 'kept' || verdict === 'known')
        const id = ids[at]
        if ((verdict === 'unwanted' || verdict === 'later') && id !== undefined) deps.onUnwanted(id, verdict)
        if (verdict === 'later') deps.onPaced?.()
      })
    }
    if (!last) return
    await reply({ case: 'took', value: { kept: packBits(kept) } })
    // The rest found no room, and is offered again.
    for (const name of wanted) coming.release(name, peerId)
    wanted.clear()
  }

  async function end ({ complete, fingerprint: theirs }: Done): Promise<Answered> {
    const { print } = await root()
    await reply({ case: 'done', value: { complete, fingerprint: toBytes(print) } })
    const { written } = evidence
    const isSame = toCharacters(theirs) === print && (await root()).print === print && evidence.written === written
    await evidence.conclude(isSame ? 'same' : 'cut')
    return { ...tally, isSame }
  }
}

function nameOf (id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('base64url')
}
