import { describe, expect, it } from 'vitest'
import { DueList } from '../../../../main/chat/history/due.ts'
import { HISTORY_TIMES } from '../../../../main/chat/history/limits.ts'

const { gap, retry, retryMost, alone, aloneMost } = HISTORY_TIMES

function listAt (start = 1_000_000): { readonly due: DueList, readonly at: () => number | undefined, readonly pass: (ms: number) => void, readonly start: number } {
  let now = start
  const due = new DueList(HISTORY_TIMES, () => now)
  return { due, at: () => due.waiting[0]?.at, pass: (ms) => { now += ms }, start }
}

const NOTHING = { isVain: false, moved: 0 }

describe('a session that is planned twice', () => {
  it('runs at the earlier moment', () => {
    const { due, at, start } = listAt()
    due.plan('p', 't', 500)
    due.plan('p', 't', 900)
    due.plan('p', 't', 100)
    expect([due.waiting.length, at()]).toEqual([1, start + 100])
  })

  it('is not left out when one of the two has to run', () => {
    const { due, pass, start } = listAt()
    due.plan('p', 't', 500, start)
    due.plan('p', 't', 900)
    pass(200)
    due.answered('p', 't')
    expect(due.waiting.map((each) => due.isSpared(each))).toEqual([false])
  })
})

it('a session is left out when another of the two ended meanwhile', () => {
  const { due, pass, start } = listAt()
  due.plan('p', 't', 2_000, start)
  expect(due.waiting.map((each) => due.isSpared(each))).toEqual([false])
  pass(1)
  due.answered('p', 't')
  expect(due.waiting.map((each) => due.isSpared(each))).toEqual([true])
})

describe('the next session with the same peer on the same topic', () => {
  it('keeps its distance, a longer one where sessions move nothing', () => {
    for (const [sessions, times] of [[1, 2], [2, 4], [9, 4]] as const) {
      const { due, at, start } = listAt()
      for (let session = 0; session < sessions; session++) due.ended('p', 't', NOTHING)
      due.plan('p', 't', 0)
      expect(at()).toBe(start + gap * times)
    }
    const { due, at, start } = listAt()
    due.ended('p', 't', NOTHING)
    due.ended('p', 't', { isVain: false, moved: 1 })
    due.plan('p', 't', 0)
    expect(at()).toBe(start + gap)
  })

  it('comes at once after a reconnect', () => {
    const { due, at, start } = listAt()
    due.ended('p', 't', NOTHING)
    due.failed('p', 't')
    due.renewed('p')
    due.plan('p', 't', 0)
    expect(at()).toBe(start)
  })

  it('waits longer with each failure', () => {
    const { due, at, start } = listAt()
    expect(due.failed('p', 't')).toBe(1)
    due.plan('p', 't', 0)
    expect(at()).toBe(start + retry)
    for (let failure = 0; failure < 60; failure++) due.failed('p', 't')
    due.goOn('p', 't', 0)
    expect(at()).toBe(start + retryMost)
  })

  it('waits longer each time that nothing differed although the peer said so, also over reconnects', () => {
    const { due, at, start } = listAt()
    due.ended('p', 't', { isVain: true, moved: 0 })
    due.renewed('p')
    due.plan('p', 't', 0)
    expect(at()).toBe(start)
    due.drop({ peerId: 'p', topic: 't' })
    for (const wait of [alone, 2 * alone]) {
      due.ended('p', 't', { isVain: true, moved: 0 })
      due.renewed('p')
      due.plan('p', 't', 0)
      expect(at()).toBe(start + wait)
      due.drop({ peerId: 'p', topic: 't' })
    }
    for (let time = 0; time < 60; time++) due.wasted('p', 't')
    due.plan('p', 't', 0)
    expect(at()).toBe(start + aloneMost)
  })
})

it('a peer that went takes with it what was planned, and nothing of others', () => {
  const { due } = listAt()
  due.plan('p', 't', 0)
  due.plan('p', 'u', 0)
  due.plan('q', 't', 0)
  due.dropPeer('p')
  expect(due.waiting.map(({ peerId, topic }) => [peerId, topic])).toEqual([['q', 't']])
})
