import type { Channel } from '../../node/types.ts'
import { decodeRequest, encodeAnswer } from './codec.ts'
import { Coming } from './coming.ts'
import { DeadRanges } from './dead-ranges.ts'
import { broken, HistoryError } from './errors.ts'
import { Evidence, type Known } from './evidence.ts'
import type { Hello } from './history_pb.ts'
import { askSession, type Asked } from './initiator.ts'
import { ANSWER_LIMITS, BULK, MAX_ANSWERING, MAX_DEAD_IN_ALL, MAX_REMEMBERED, MAX_SESSIONS, SESSION_LIMITS, VERSION, type SessionLimits } from './limits.ts'
import { Line } from './line.ts'
import { Progress } from './progress.ts'
import { answerSession, type Answered } from './responder.ts'
import type { HistoryDeps } from './types.ts'
import { Unwanted } from './unwanted.ts'

/** What {@link Sessions} are told beside their deps. */
export interface SessionsOptions {
  readonly limits?: SessionLimits | undefined
  readonly answerLimits?: SessionLimits | undefined
  /** A hub has none, and gathers no evidence. */
  readonly hasOwnPosts: boolean
  /** Whether we are to be left in peace for now. */
  readonly isPaused: () => boolean
  /** A session that a peer began ended in good order. */
  readonly onAnswered: (peerId: string, topic: string, outcome: Answered & { readonly isPaced: boolean }) => void
}

/** What is remembered of sessions with one peer on one topic. */
interface Past { readonly known: Known, readonly dead: DeadRanges }

/** Runs sessions, ours and those of others, and holds what they share: who is at it, what is on its way, what is not wanted. */
export class Sessions {
  readonly #deps: HistoryDeps
  readonly #options: SessionsOptions
  readonly #unwanted = new Unwanted()
  readonly #past = new Map<string, Past>()
  readonly #coming = new Coming()
  readonly #lines = new Set<Line>()
  readonly #asking = new Set<string>()
  /** Topics on which one peer brings us many posts. */
  readonly #filling = new Set<string>()
  /** Sessions that peers began, by peer id. A channel alone takes no place: whoever opens one and says nothing would keep others out. */
  readonly #answering = new Map<string, string>()
  readonly #progress: Progress

  constructor (deps: HistoryDeps, options: SessionsOptions) {
    this.#deps = deps
    this.#options = options
    this.#progress = new Progress((topic, posts) => deps.onProgress?.(topic, posts))
  }

  /** Whether a peer's session with us on this topic runs. */
  isAnswering (peerId: string, topic: string): boolean {
    return this.#answering.get(peerId) === topic
  }

  /** Runs one session over a channel that we opened; the channel stays open. @throws {HistoryError} */
  async ask (channel: Channel, topic: string): Promise<Asked> {
    const { peerId } = channel
    const key = `${peerId} ${topic}`
    const line = this.#lineOf(channel, this.#options.limits ?? SESSION_LIMITS)
    this.#asking.add(key)
    this.#progress.begin(topic)
    let goesOn = false
    try {
      const { store, take, allowance, floor, isHub } = this.#deps
      const { known, dead } = this.#pastWith(peerId, topic)
      let shown = 0
      const outcome = await askSession(line, topic, {
        store, take, floor, isHub,
        ...(allowance === undefined ? {} : { allowance }),
        unwanted: this.#unwanted,
        evidence: this.#evidence(peerId, topic, known),
        dead,
        onGot: (posts) => {
          this.#progress.add(topic, posts - shown)
          shown = posts
          if (posts > BULK) this.#filling.add(topic)
        }
      })
      goesOn = !outcome.complete && !channel.limited && (!outcome.isPaced || outcome.got > 0)
      this.#forgetDead()
      return outcome
    } finally {
      this.#asking.delete(key)
      this.#filling.delete(topic)
      this.#progress.end(topic, goesOn)
      this.#release(line)
    }
  }

  /** Answers a channel that a peer opened: one session after the other, until the peer hangs up. @throws {HistoryError} */
  async answer (channel: Channel): Promise<void> {
    for (let left = MAX_SESSIONS; left > 0; left--) {
      const line = this.#lineOf(channel, this.#options.answerLimits ?? ANSWER_LIMITS)
      try {
        const message = await line.receive()
        if (message === undefined) return
        const body = decodeRequest(message)
        if (body.case !== 'hello') throw broken('did not greet first')
        await this.#serve(line, body.value)
      } finally {
        this.#release(line)
      }
    }
  }

  /** What was not wanted is asked for again. */
  wantAgain (): void {
    this.#unwanted.clear()
    for (const { dead } of this.#past.values()) dead.clear()
  }

  /** Ends whatever runs. */
  close (): void {
    for (const line of this.#lines) line.abort(new HistoryError('ERR_CLOSED', 'Catching up was ended on this computer.'))
    this.#progress.close()
  }

  async #serve (line: Line, hello: Hello): Promise<void> {
    const { topic, version } = hello
    const { peerId } = line
    const reason = version !== VERSION ? 'version' : !this.#deps.isOurs(topic) ? 'not-on-topic' : this.#isFreeFor(peerId, topic) ? undefined : 'busy'
    if (reason !== undefined) {
      await line.send(encodeAnswer({ case: 'end', value: { reason } }))
      return
    }
    this.#answering.set(peerId, topic)
    this.#progress.begin(topic)
    try {
      const { store, take, allowance, floor } = this.#deps
      let shown = 0
      let isPaced = false
      const outcome = await answerSession(line, hello, {
        store, take, floor,
        ...(allowance === undefined ? {} : { allowance }),
        evidence: this.#evidence(peerId, topic, this.#pastWith(peerId, topic).known),
        coming: this.#coming,
        isUnwanted: (id) => this.#unwanted.has(topic, id),
        onUnwanted: (id, verdict) => { this.#unwanted.add(topic, id, 0, verdict) },
        onPaced: () => { isPaced = true },
        onGot: (posts) => {
          this.#progress.add(topic, posts - shown)
          shown = posts
        }
      })
      this.#options.onAnswered(peerId, topic, { ...outcome, isPaced })
    } finally {
      this.#answering.delete(peerId)
      this.#progress.end(topic, false)
    }
  }

  /** Where both begin at once, the session of the one with the smaller peer id runs. */
  #isFreeFor (peerId: string, topic: string): boolean {
    if (this.#answering.has(peerId) || this.#answering.size >= MAX_ANSWERING) return false
    return !this.#options.isPaused() && !this.#filling.has(topic) && !(this.#asking.has(`${peerId} ${topic}`) && this.#deps.self < peerId)
  }

  #evidence (peerId: string, topic: string, known: Known): Evidence {
    return new Evidence({ ...this.#deps, hasOwnPosts: this.#options.hasOwnPosts }, peerId, topic, known)
  }

  #pastWith (peerId: string, topic: string): Past {
    const key = `${peerId} ${topic}`
    const past = this.#past.get(key) ?? { known: {}, dead: new DeadRanges() }
    this.#past.delete(key)
    this.#past.set(key, past)
    const oldest = this.#past.keys().next().value
    if (this.#past.size > MAX_REMEMBERED && oldest !== undefined) this.#past.delete(oldest)
    return past
  }

  /** Of too many ranges in all, those go that were found longest ago. */
  #forgetDead (): void {
    let left = [...this.#past.values()].reduce((sum, { dead }) => sum + dead.size, 0)
    for (const { dead } of this.#past.values()) {
      if (left <= MAX_DEAD_IN_ALL) return
      left -= dead.size
      dead.clear()
    }
  }

  #lineOf (channel: Channel, limits: SessionLimits): Line {
    const line = new Line(channel, limits)
    this.#lines.add(line)
    return line
  }

  #release (line: Line): void {
    line.release()
    this.#lines.delete(line)
  }
}
