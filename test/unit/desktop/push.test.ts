import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createNotices } from '../../../main/desktop/notices.ts'
import { createPushes, type Pushes } from '../../../main/desktop/push.ts'
import type { PushBatch, Topic } from '../../../preload/contract/index.ts'

let batches: PushBatch[]
let pushes: Pushes
const topic = (id: string, unread = 0): Topic => ({ id, title: id, dialect: 'text', subscribed: true, unread, people: 0, notify: 'mentions', keepDays: null, bytes: 0, maxBytes: 500_000_000 })

beforeEach(() => {
  vi.useFakeTimers()
  batches = []
  pushes = createPushes({ send: (batch) => { batches.push(batch) }, now: () => Date.now() })
})
afterEach(() => { vi.useRealTimers() })

describe('pushes', () => {
  it('travel at most once a frame, the first at once', async () => {
    pushes.push('topic:change', topic('a'))
    await vi.advanceTimersByTimeAsync(1)
    expect(batches).toHaveLength(1)
    for (let index = 0; index < 160; index++) {
      pushes.push('topic:change', topic(`t${index}`))
      await vi.advanceTimersByTimeAsync(1)
    }
    await vi.advanceTimersByTimeAsync(20)
    expect(batches.length).toBeLessThanOrEqual(12)
    expect(batches.flatMap((batch) => batch.pushes)).toHaveLength(161)
  })

  it('are numbered without gaps, and keep their order', async () => {
    for (let index = 0; index < 5; index++) {
      pushes.push('topic:change', topic(`t${index}`))
      pushes.push('topic:remove', { id: `u${index}` })
      pushes.flush()
    }
    expect(batches.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    expect(batches[0]?.pushes.map(({ event }) => event)).toEqual(['topic:change', 'topic:remove'])
  })

  it('about one thing travel once, as it last was', () => {
    pushes.push('topic:change', topic('a', 1))
    pushes.push('topic:change', topic('b', 1))
    pushes.push('topic:change', topic('a', 2))
    pushes.push('topic:remove', { id: 'b' })
    pushes.flush()
    expect(batches[0]?.pushes).toEqual([{ event: 'topic:change', value: topic('a', 2) }, { event: 'topic:remove', value: { id: 'b' } }])
  })

  it('about posts that are gone all travel, each once', () => {
    for (const ids of [['a', 'b'], ['c'], ['a', 'b']]) pushes.push('posts:remove', { topic: 't', ids })
    pushes.push('blocked:change', [])
    pushes.push('blocked:change', [{ peerId: 'p', name: '', since: 1 }])
    pushes.flush()
    expect(batches[0]?.pushes).toEqual([
      { event: 'posts:remove', value: { topic: 't', ids: ['c'] } },
      { event: 'posts:remove', value: { topic: 't', ids: ['a', 'b'] } },
      { event: 'blocked:change', value: [{ peerId: 'p', name: '', since: 1 }] }
    ])
  })

  it('that are flushed send nothing twice, and nothing sends nothing', async () => {
    expect(pushes.flush()).toBe(0)
    pushes.push('topic:change', topic('a'))
    expect(pushes.flush()).toBe(1)
    await vi.advanceTimersByTimeAsync(50)
    expect([pushes.flush(), batches.length]).toEqual([1, 1])
  })
})

describe('notices', () => {
  it('carry what can be done about them', () => {
    const notices = createNotices(pushes)
    notices.add('aside', 'warning', 'text', { kind: 'export-aside', name: 'posts-damaged-1.db' })
    expect(notices.all()).toEqual([{ id: 'aside', level: 'warning', text: 'text', action: { kind: 'export-aside', name: 'posts-damaged-1.db' } }])
  })

  it('of one kind are one, and what is said already is not announced again', () => {
    const notices = createNotices(pushes)
    for (const text of ['one', 'one', 'two', 'two']) {
      notices.add('flood', 'info', text)
      pushes.flush()
    }
    expect(batches.flatMap((batch) => batch.pushes)).toEqual(['one', 'two'].map((text) => ({ event: 'notice:add', value: { id: 'flood', level: 'info', text } })))
  })

  it('are replaced by id, dismissed, and never many', () => {
    const notices = createNotices(pushes)
    notices.add('port', 'warning', 'one')
    notices.add('port', 'warning', 'two')
    expect(notices.all()).toEqual([{ id: 'port', level: 'warning', text: 'two' }])
    for (let index = 0; index < 30; index++) notices.add(String(index), 'info', '')
    expect(notices.all()).toHaveLength(20)
    notices.remove('29')
    notices.remove('29')
    pushes.flush()
    expect(notices.all()).toHaveLength(19)
    expect(batches[0]?.pushes.filter(({ event, value }) => event === 'notice:remove' && value.id === '29')).toHaveLength(1)
  })
})
