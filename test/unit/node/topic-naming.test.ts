import { expect, it } from 'vitest'
import { TopicNaming } from '../../../main/node/pubsub/naming/topic-naming.ts'

type Sent = readonly [to: string, ...said: readonly string[]]

/** A naming, its router's streams, and what it sent: `+topic` for one that we are on, `-topic` for one that we left. */
function scene ({ topics = ['one', 'two'], mayName = () => true, foreign = [], gathers = false }: {
  readonly topics?: readonly string[], readonly mayName?: (peer: string, topic: string) => boolean, readonly foreign?: readonly string[], readonly gathers?: boolean
} = {}) {
  const sent: Sent[] = []
  const streams = new Map<string, object>()
  const ours = new Set(topics)
  const naming = new TopicNaming({ mayName, isForeign: (peer) => foreign.includes(peer), gathers })
  naming.use({
    topics: ours,
    streamTo: (peer) => streams.get(peer),
    send: (peer, announced) => { sent.push([peer, ...announced.map(({ topic, subscribe }) => `${subscribe ? '+' : '-'}${topic}`)]) }
  })
  const opens = (peer: string): void => {
    streams.set(peer, {})
    naming.say(peer, [], true)
  }
  return { naming, ours, streams, opens, taken: () => sent.splice(0) }
}

it('names a topic to those alone to whom it may be named, once a stream', () => {
  const { naming, opens, taken } = scene({ mayName: (peer, topic) => peer === 'a' && topic === 'one' })
  opens('a')
  opens('b')
  naming.say('a', ['one', 'two'], true)
  naming.say('b', ['one'], true)
  expect(taken()).toEqual([['a', '+one'], ['b', '-']])
  opens('a')
  expect(taken()).toEqual([['a', '+one']])
})

it('says to whom it may name a topic later, and tells of its end those alone who were told', () => {
  const may = new Set<string>()
  const { naming, ours, opens, taken } = scene({ topics: ['one'], mayName: (peer) => may.has(peer), foreign: ['a', 'b'] })
  opens('a')
  opens('b')
  expect(taken()).toEqual([])
  may.add('a')
  naming.say('a', ['one', 'not ours'], true)
  expect(taken()).toEqual([['a', '+one']])
  ours.delete('one')
  naming.say('a', ['one'], false)
  naming.say('b', ['one'], false)
  expect(taken()).toEqual([['a', '-one']])
})

it('names all again when a peer opens another stream, and says what was left since it was named first', () => {
  const { naming, ours, opens, taken } = scene()
  naming.onStream('a')
  opens('a')
  expect(taken()).toEqual([['a', '+one', '+two']])
  ours.delete('two')
  naming.say('a', ['two'], false)
  naming.onStream('a')
  expect(taken()).toEqual([['a', '-two'], ['a', '-two', '+one']])
  naming.forget('a')
  opens('a')
  expect(taken()).toEqual([['a', '+one']])
})

it('does not say twice what it says on a stream that stands when the peer opens its first one', () => {
  const { naming, opens, taken } = scene()
  opens('a')
  naming.onStream('a')
  expect(taken()).toHaveLength(1)
  naming.onStream('a')
  expect(taken()).toHaveLength(1)
})

it('sends what is said in one turn in one message where it gathers, each change in its order', async () => {
  const { naming, ours, opens, taken } = scene({ gathers: true })
  opens('a')
  opens('b')
  ours.delete('one')
  naming.say('a', ['one'], false)
  expect(taken()).toEqual([])
  await Promise.resolve()
  expect(taken()).toEqual([['a', '+one', '+two', '-one'], ['b', '+one', '+two']])
})
