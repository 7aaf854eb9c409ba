import { describe, expect, it } from 'vitest'
import { HubTopics } from '../../../main/node/relay/hub-topics.ts'

const caps = { topicsPerClient: 2, topics: 3 }

describe('topics of a hub', () => {
  it('come with their first client and go with their last', () => {
    const topics = new HubTopics(caps)
    expect(topics.update('x', ['a', 'b'])).toEqual([{ topic: 'x', came: ['a', 'b'], left: [] }])
    expect(topics.update('x', ['a', 'b'])).toEqual([])
    expect(topics.update('x', ['b'])).toEqual([{ topic: 'x', came: [], left: ['a'] }])
    expect(topics.size).toBe(1)
    expect(topics.update('x', [])).toEqual([{ topic: 'x', came: [], left: ['b'] }])
    expect(topics.size).toBe(0)
    expect([...topics.topicsOf('b')]).toEqual([])
  })

  it('wait when their client has enough, and are let in when it leaves one', () => {
    const topics = new HubTopics(caps)
    topics.update('x', ['a'])
    topics.update('y', ['a', 'b'])
    expect(topics.update('z', ['a'])).toEqual([])
    expect(topics.isRefused('a', 'z')).toBe(true)
    expect(topics.refused).toBe(1)
    // Somebody else's room is not a's.
    expect(topics.update('y', ['a'])).toEqual([{ topic: 'y', came: [], left: ['b'] }])
    expect(topics.isRefused('a', 'z')).toBe(true)
    expect(topics.update('x', [])).toEqual([{ topic: 'x', came: [], left: ['a'] }, { topic: 'z', came: ['a'], left: [] }])
    expect(topics.isRefused('a', 'z')).toBe(false)
  })

  it('wait when there are enough in all, and are let in when one ends', () => {
    const topics = new HubTopics(caps)
    topics.update('x', ['a'])
    topics.update('y', ['b'])
    topics.update('z', ['c'])
    expect(topics.update('w', ['d'])).toEqual([])
    // A topic that is held takes in more clients.
    expect(topics.update('x', ['a', 'd'])).toEqual([{ topic: 'x', came: ['d'], left: [] }])
    expect(topics.update('y', [])).toEqual([{ topic: 'y', came: [], left: ['b'] }, { topic: 'w', came: ['d'], left: [] }])
    expect(topics.size).toBe(3)
  })

  it('are forgotten when who waits for them leaves', () => {
    const topics = new HubTopics({ topicsPerClient: 1, topics: 3 })
    topics.update('x', ['a'])
    topics.update('y', ['a'])
    topics.update('y', [])
    expect(topics.refused).toBe(0)
    expect(topics.update('x', [])).toEqual([{ topic: 'x', came: [], left: ['a'] }])
  })
})
