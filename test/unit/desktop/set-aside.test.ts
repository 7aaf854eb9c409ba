import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createNotices, type Notices } from '../../../main/desktop/notices.ts'
import { createSetAsideNotice, type SetAsideNotice } from '../../../main/desktop/set-aside.ts'

const MINUTE = 60_000
const names: Readonly<Record<string, string>> = { a: 'Ada', b: 'Bo' }

let notices: Notices
let notice: SetAsideNotice

beforeEach(() => {
  vi.useFakeTimers()
  notices = createNotices({ push: () => {} })
  notice = createSetAsideNotice(notices, (peerId) => names[peerId] ?? '')
})
afterEach(() => { vi.useRealTimers() })

const texts = (): readonly string[] => notices.all().map(({ text }) => text)

describe('the notice about people who sent far too much', () => {
  it('names who it was, and goes away when they may come back', () => {
    notice.tell({ peerId: 'a', time: 10 * MINUTE })
    expect(texts()).toEqual(['“Ada” sent far too many messages. You won\'t hear from them for 10 minutes.'])
    vi.advanceTimersByTime(10 * MINUTE)
    expect(texts()).toEqual([])
  })

  it('does without a name where none is known', () => {
    notice.tell({ peerId: 'x', time: MINUTE })
    expect(texts()).toEqual(['Someone you don\'t know yet sent far too many messages. You won\'t hear from them for a minute.'])
  })

  it('is one for all of them, until the last may come back', () => {
    for (const peerId of ['a', 'b', 'x']) notice.tell({ peerId, time: 10 * MINUTE })
    expect(texts()).toEqual(['3 people sent far too many messages. You won\'t hear from them for 10 minutes.'])
    vi.advanceTimersByTime(MINUTE)
    notice.tell({ peerId: 'y', time: 10 * MINUTE })
    vi.advanceTimersByTime(9 * MINUTE)
    expect(texts()).toHaveLength(1)
    vi.advanceTimersByTime(MINUTE)
    expect(texts()).toEqual([])
  })

  it('comes once for each, also where it was dismissed and they go on', () => {
    notice.tell({ peerId: 'a', time: MINUTE })
    notices.remove('set-aside')
    notice.tell({ peerId: 'a', time: MINUTE })
    expect(texts()).toEqual([])
    vi.advanceTimersByTime(2 * MINUTE)
    notice.tell({ peerId: 'a', time: MINUTE })
    expect(texts()).toEqual([])
    notice.tell({ peerId: 'b', time: MINUTE })
    expect(texts()).toEqual(['“Bo” sent far too many messages. You won\'t hear from them for a minute.'])
  })

  it('is taken back with the node that told of it', () => {
    notice.tell({ peerId: 'a', time: MINUTE })
    notice.close()
    expect(texts()).toEqual([])
  })
})
