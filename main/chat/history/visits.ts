import { monotonicNow } from '../../node/clock.ts'
import type { Channel } from '../../node/types.ts'
import type { Due, DueList } from './due.ts'
import { HistoryError } from './errors.ts'
import type { Asked } from './initiator.ts'
import { MAX_ASKING, MAX_NOT_THERE, type HistoryTimes } from './limits.ts'
import type { Sessions } from './sessions.ts'
import type { HistoryDeps, SessionOutcome } from './types.ts'

/** What {@link Visits} stand on. */
export interface VisitsDeps extends Pick<HistoryDeps, 'channels' | 'isOurs' | 'sharedWith'> {
  readonly due: DueList
  readonly sessions: Sessions
  readonly times: HistoryTimes
  readonly isPresent: (peerId: string) => boolean
  /** A session brought posts. */
  readonly onNews: (topic: string, from: string) => void
}

interface Waiter {
  readonly peerId: string
  readonly topic: string
  readonly resolve: (outcome: SessionOutcome) => void
  readonly reject: (error: HistoryError) => void
}

/**
 * Runs the sessions that we begin, when they are due: a few peers at once,
 * one channel a peer for all topics that are due with it, and on each topic
 * one peer at a time, so that nothing is fetched twice.
 */
export class Visits {
  readonly #deps: VisitsDeps
  readonly #running = new Map<string, Promise<void>>()
  readonly #topics = new Set<string>()
  #waiters: Waiter[] = []
  readonly #end = Promise.withResolvers<never>()
  #pausedUntil = -Infinity
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor (deps: VisitsDeps) {
    this.#deps = deps
    this.#end.promise.catch(() => {})
  }

  /** Our own store failed, and rests. */
  get isPaused (): boolean {
    return monotonicNow() < this.#pausedUntil
  }

  pause (): void {
    this.#pausedUntil = monotonicNow() + this.#deps.times.storePause
  }

  /** Runs a session as soon as there is room, due or not. */
  async run (peerId: string, topic: string): Promise<SessionOutcome> {
    if (this.#closed) throw closed()
    const { promise, resolve, reject } = Promise.withResolvers<SessionOutcome>()
    this.#waiters.push({ peerId, topic, resolve, reject })
    this.wake()
    return promise
  }

  /** Starts what is due and has room, and looks again when the next is due. */
  wake (): void {
    clearTimeout(this.#timer)
    if (this.#closed) return
    for (const { peerId, topic } of this.#waiters) {
      if (this.#hasRoom(peerId, topic)) this.#visit(peerId, topic)
    }
    const { due } = this.#deps
    // One moment for all of it: what is not due yet in the first part has its timer in the second.
    const now = monotonicNow()
    for (const each of due.waiting) {
      if (Math.max(each.at, this.#pausedUntil) > now || this.#running.size >= MAX_ASKING) break
      // In this order: whether it is due costs a look at all topics that are shared.
      if (this.#hasRoom(each.peerId, each.topic) && this.#isDue(each)) this.#visit(each.peerId, each.topic)
    }
    // What is due and has no room is looked at when a session ends.
    const next = due.waiting.map(({ at }) => Math.max(at, this.#pausedUntil)).find((at) => at > now)
    if (next === undefined) return
    this.#timer = setTimeout(() => { this.wake() }, Math.min(next - now, 2 ** 31 - 1))
    this.#timer.unref()
  }

  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#end.reject(closed())
    for (const { reject } of this.#waiters.splice(0)) reject(closed())
    await Promise.allSettled(this.#running.values())
  }

  #isDue (each: Due): boolean {
    const { due, sessions, isOurs, sharedWith, times } = this.#deps
    const { peerId, topic, unlessSince } = each
    if (!isOurs(topic) || !sharedWith(peerId).includes(topic) || due.isSpared(each)) {
      due.drop(each)
      return false
    }
    if (!sessions.isAnswering(peerId, topic)) return true
    // The peer is at it itself; when it is done, ours may be spared.
    due.drop(each)
    due.plan(peerId, topic, times.giveWay, unlessSince ?? monotonicNow())
    return false
  }

  #hasRoom (peerId: string, topic: string): boolean {
    return this.#running.size < MAX_ASKING && !this.#running.has(peerId) && !this.#topics.has(topic)
  }

  #visit (peerId: string, topic: string): void {
    this.#topics.add(topic)
    this.#running.set(peerId, this.#sessionsWith(peerId, topic).catch((error: unknown) => {
      console.error('natter: catching up stopped:', error)
    }).finally(() => {
      this.#running.delete(peerId)
      this.wake()
    }))
  }

  async #sessionsWith (peerId: string, first: string): Promise<void> {
    let channel: Channel | undefined
    for (let topic: string | undefined = first; topic !== undefined; topic = this.#nextFor(peerId)) {
      this.#topics.add(topic)
      this.#deps.due.drop({ peerId, topic })
      try {
        channel ??= await this.#open(peerId)
        this.#onAsked(await this.#deps.sessions.ask(channel, topic), channel.limited)
      } catch (cause) {
        const error = toHistoryError(cause)
        // A refusal is an answer: the channel still serves for other topics.
        if (!this.#onFailed(peerId, topic, error)) {
          channel?.abort(error)
          return
        }
      } finally {
        this.#topics.delete(topic)
      }
      this.wake()
    }
    void channel?.close()
  }

  #nextFor (peerId: string): string | undefined {
    if (this.#closed || this.isPaused) return undefined
    return this.#waiters.find((waiter) => waiter.peerId === peerId && !this.#topics.has(waiter.topic))?.topic ??
      this.#deps.due.waiting.find((due) => due.peerId === peerId && due.at <= monotonicNow() && !this.#topics.has(due.topic) && this.#isDue(due))?.topic
  }

  async #open (peerId: string): Promise<Channel> {
    const opening = this.#deps.channels.open('history', peerId)
    try {
      return await Promise.race([opening, this.#end.promise])
    } catch (cause) {
      opening.then((channel) => { channel.abort(closed()) }, () => {})
      throw cause instanceof HistoryError ? cause : new HistoryError('ERR_GONE', 'The peer cannot be reached now; catching up goes on when it is back.', { cause })
    }
  }

  #onAsked ({ isSame: _isSame, isVain, ...outcome }: Asked, isLimited: boolean): void {
    const { due, times, onNews } = this.#deps
    const { peerId, topic, complete, isPaced, got, gave } = outcome
    const moved = got + gave
    due.ended(peerId, topic, { isVain, moved })
    if (isPaced) due.paced(peerId, topic, got)
    else if (!complete) {
      if (moved === 0) due.failed(peerId, topic)
      due.goOn(peerId, topic, isLimited || moved === 0 ? times.renewed : times.goOn)
    }
    if (got > 0) onNews(topic, peerId)
    this.#settle(peerId, topic, ({ resolve }) => { resolve(outcome) })
  }

  /** Answers whether the channel can be used on. */
  #onFailed (peerId: string, topic: string, error: HistoryError): boolean {
    const { due, channels, isPresent } = this.#deps
    const { code, reason } = error
    this.#settle(peerId, topic, ({ reject }) => { reject(error) })
    switch (code) {
      case 'ERR_BROKEN_RULES':
        due.dropPeer(peerId)
        due.wasted(peerId, topic)
        channels.shutOut(peerId)
        return false
      case 'ERR_WASTED':
        due.wasted(peerId, topic)
        return false
      case 'ERR_STORE':
        this.pause()
        due.plan(peerId, topic, 0)
        return false
      case 'ERR_CLOSED':
        return false
      case 'ERR_GONE':
      case 'ERR_REFUSED': {
        const failures = due.failed(peerId, topic)
        const isHopeless = reason === 'version' || (reason === 'not-on-topic' && failures > MAX_NOT_THERE)
        if (isPresent(peerId) && !isHopeless) due.plan(peerId, topic, 0)
        return code === 'ERR_REFUSED' && reason !== 'enough'
      }
    }
  }

  #settle (peerId: string, topic: string, how: (waiter: Waiter) => void): void {
    const mine = this.#waiters.filter((waiter) => waiter.peerId === peerId && waiter.topic === topic)
    this.#waiters = this.#waiters.filter((waiter) => !mine.includes(waiter))
    mine.forEach(how)
  }
}

function closed (): HistoryError {
  return new HistoryError('ERR_CLOSED', 'Catching up was ended on this computer.')
}

/** What a session failed with; what is no {@link HistoryError} is our own fault. */
function toHistoryError (error: unknown): HistoryError {
  if (error instanceof HistoryError) return error
  console.error('natter: catching up failed:', error)
  return new HistoryError('ERR_STORE', 'Catching up failed on this computer; it goes on later.', { cause: error })
}
