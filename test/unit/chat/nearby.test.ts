import { describe, expect, it } from 'vitest'
import { chat, garden, node, removed, useChat } from './support/chat.ts'

useChat()

describe('topics nearby', () => {
  it('that one neighbour is on are ten at most, the first ones seen; others take the place of those that go', async () => {
    const nearby = (): string[] => chat.topics().filter(({ subscribed }) => !subscribed).map(({ title }) => title).sort()
    const named = (...numbers: number[]): string[] => numbers.map((n) => `t${String(n)}`).sort()
    const first = Array.from({ length: 10 }, (_, i) => i)
    // What cannot be shown, or is ours, takes nothing from the others.
    node.people.arrive('a\u202Eb', 'flood')
    node.people.arrive(garden, 'flood')
    for (let index = 0; index < 300; index++) node.people.arrive(`/natter/1/t${index}`, 'flood')
    expect(nearby()).toEqual(named(...first))
    node.people.arrive('/natter/1/t200', 'q')
    expect(nearby()).toEqual(named(...first, 200))
    expect(chat.topics().find(({ title }) => title === 't200')).toMatchObject({ people: 2 })
    node.people.leave('/natter/1/t3')
    expect(nearby()).toEqual(named(0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 200))
    expect(removed).toEqual(['/natter/1/t3'])
    // On a topic that we join they are people; another one of theirs is shown.
    chat.subscribe('/natter/1/t0')
    expect(nearby()).toEqual(named(1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 200))
    await chat.leave('/natter/1/t0', false)
    expect(chat.topics()[0]).toMatchObject({ id: garden, subscribed: true })
    expect(nearby()).toHaveLength(11)
  })

  it('of people nearby are shown as long as the person wants it', () => {
    node.people.arrive('/natter/1/other', 'p')
    chat.setSeenNearby(false)
    expect(removed).toEqual(['/natter/1/other'])
    node.people.arrive('/natter/1/more', 'p')
    node.people.arrive(garden, 'p')
    expect(chat.topics()).toMatchObject([{ id: garden, people: 1 }])
    node.pubsub.seen = ['/natter/1/other', '/natter/1/more', garden]
    chat.setSeenNearby(true)
    expect(chat.topics().map(({ title }) => title)).toEqual(['garden', 'other', 'more'])
  })
})
