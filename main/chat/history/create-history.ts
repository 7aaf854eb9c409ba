import { monotonicNow } from '../../node/clock.ts'
import { afterTime } from '../../node/deadline.ts'
import { onWake } from '../../node/wake.ts'
import { DueList } from './due.ts'
import { HistoryError } from './errors.ts'
import { HISTORY_TIMES, MAX_GOSSIP, type HistoryTimes, type SessionLimits } from './limits.ts'
import { Sessions } from './sessions.ts'
import type { History, HistoryDeps } from './types.ts'
import { Visits } from './visits.ts'

/** How histories are kept the same; all of it has defaults. */
export interface HistoryOptions {
  /** Begins no sessions, and answers them: a hub. @default false */
  readonly answerOnly?: boolean
  /** Milliseconds. @default HISTORY_TIMES, for each that is left out */
  readonly times?: Partial<HistoryTimes>
  /** @default SESSION_LIMITS */
  readonly limits?: SessionLimits
  /** @default ANSWER_LIMITS */
  readonly answerLimits?: SessionLimits
}

/**
 * Keeps our history and that of the peers we meet the same, over
 * `/natter/history/1.0.0`: when peers come, when the chat says so, when a
 * session brought news, and at rest once in a while.
 */
export async function createHistory (deps: HistoryDeps, { answerOnly = false, times: changed = {}, limits, answerLimits }: HistoryOptions = {}): Promise<History> {
  const { self, channels, isHub, sharedWith } = deps
  const times: HistoryTimes = { ...HISTORY_TIMES, ...changed }
  /** Connected peers that speak the protocol. */
  const peers = new Set<string>()
  const answers = new Set<Promise<void>>()
  const due = new DueList(times)
  const sessions: Sessions = new Sessions(deps, {
    limits,
    answerLimits,
    hasOwnPosts: !answerOnly,
    isPaused: () => visits.isPaused,
    onAnswered: (peerId, topic, { got, isPaced }) => {
      due.answered(peerId, topic)
      // What it offered beyond what there is room for is fetched bit by bit.
      if (isPaced && !answerOnly) due.paced(peerId, topic, got)
      if (got > 0) tellOthers(topic, peerId)
    }
  })
  const visits: Visits = new Visits({ ...deps, due, sessions, times, isPresent: (peerId) => peers.has(peerId), onNews: tellOthers })
  let cancelRest = (): void => {}
  let isClosed = false

  /** Streams stood still while the computer slept, and others may have given up on what they had for us. */
  function lookAtAll (): void {
    for (const peerId of peers) {
      for (const topic of sharedWith(peerId)) meet(peerId, topic, times.gather)
    }
    visits.wake()
  }

  /** Of two, the one with the smaller peer id begins; a hub never does. */
  function meet (peerId: string, topic: string, delay: number): void {
    if (answerOnly || isClosed) return
    if (isHub(peerId) || self < peerId) due.plan(peerId, topic, delay)
    else due.plan(peerId, topic, delay + times.giveWay, monotonicNow())
  }

  /** News travels on: those who lack it too are looked at soon. */
  function tellOthers (topic: string, from: string): void {
    if (answerOnly || isClosed) return
    const others = [...peers].filter((peerId) => peerId !== from && sharedWith(peerId).includes(topic))
    for (const peerId of shuffled(others).slice(0, MAX_GOSSIP)) due.plan(peerId, topic, times.gossip * (0.5 + Math.random() / 2))
    visits.wake()
  }

  /** Each topic with one of its people, and with every hub; spread over a tenth of the time. */
  function lookAtRest (): void {
    const people = new Map<string, string[]>()
    for (const peerId of peers) {
      for (const topic of sharedWith(peerId)) {
        if (isHub(peerId)) due.plan(peerId, topic, Math.random() * times.rest / 10)
        else people.set(topic, [...people.get(topic) ?? [], peerId])
      }
    }
    for (const [topic, [peerId]] of [...people].map(([topic, peerIds]) => [topic, shuffled(peerIds)] as const)) {
      if (peerId !== undefined) due.plan(peerId, topic, Math.random() * times.rest / 10)
    }
    visits.wake()
  }

  function restLater (): void {
    if (answerOnly || isClosed) return
    cancelRest = afterTime(times.rest * (0.8 + 0.4 * Math.random()), () => {
      lookAtRest()
      restLater()
    })
  }

  async function answer (...[channel]: Parameters<Sessions['answer']>): Promise<void> {
    try {
      await sessions.answer(channel)
    } catch (error) {
      const code = error instanceof HistoryError ? error.code : 'ERR_STORE'
      if (code === 'ERR_STORE') visits.pause()
      if (code === 'ERR_BROKEN_RULES') {
        due.dropPeer(channel.peerId)
        channels.shutOut(channel.peerId)
      }
      throw error
    }
  }

  const unserve = await channels.serve('history', async (channel) => {
    const work = answer(channel)
    answers.add(work)
    try {
      await work
    } finally {
      answers.delete(work)
    }
  }, {
    onPeer: (peerId) => {
      peers.add(peerId)
      for (const topic of sharedWith(peerId)) meet(peerId, topic, 0)
      visits.wake()
    },
    onGone: (peerId) => {
      peers.delete(peerId)
      due.dropPeer(peerId)
      due.renewed(peerId)
    }
  })
  restLater()
  const unwake = onWake(lookAtAll)

  return {
    look: (topics, peerIds = [...peers]) => {
      for (const peerId of peerIds) {
        const shared = new Set(peers.has(peerId) ? sharedWith(peerId) : [])
        for (const topic of topics) {
          if (shared.has(topic)) meet(peerId, topic, times.gather)
        }
      }
      visits.wake()
    },
    wantAgain: () => { sessions.wantAgain() },
    sync: async (peerId, topic) => visits.run(peerId, topic),
    close: async () => {
      isClosed = true
      unwake()
      cancelRest()
      sessions.close()
      await Promise.all([unserve(), visits.close()])
      await Promise.allSettled(answers)
    }
  }
}

function shuffled<T> (list: readonly T[]): T[] {
  return list.map((each) => ({ each, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ each }) => each)
}
