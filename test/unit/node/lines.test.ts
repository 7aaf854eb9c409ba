import { expect, it } from 'vitest'
import { MAX_LINE, MAX_WAITING_MESSAGES } from '../../../main/node/limits.ts'
import { Lines } from '../../../main/node/pubsub/lines.ts'

function scene (): { readonly lines: Lines, readonly handled: string[], readonly floods: string[], readonly add: (peer: string, message: string, bytes?: number) => Promise<void> } {
  const handled: string[] = []
  const floods: string[] = []
  const lines = new Lines((peer) => { floods.push(peer) })
  return { lines, handled, floods, add: async (peer, message, bytes = 1) => lines.add(peer, bytes, async () => { handled.push(message) }) }
}

it('one who sends much at once is heard in turn with the others, and in order', async () => {
  const { add, handled, floods } = scene()
  const much = Array.from({ length: 100 }, async (_, index) => add('loud', `loud ${index}`))
  await add('calm', 'calm')
  expect(handled.indexOf('calm')).toBeLessThan(20)
  await Promise.all(much)
  expect(handled.filter((text) => text !== 'calm')).toEqual(Array.from({ length: 100 }, (_, index) => `loud ${index}`))
  expect(floods).toEqual([])
})

it('many who send much at once hold nobody up for longer than a few turns', async () => {
  const { add, handled } = scene()
  const much = Array.from({ length: 40 }, (_, peer) => Array.from({ length: 50 }, async () => add(`loud ${peer}`, 'loud')))
  await add('calm', 'calm')
  expect(handled.indexOf('calm')).toBeLessThan(100)
  await Promise.all(much.flat())
})

it('a message that cannot be handled keeps none behind it', async () => {
  const { lines, add, handled } = scene()
  await Promise.all([add('peer', 'a'), lines.add('peer', 1, async () => Promise.reject(new Error('bad'))), add('peer', 'b')])
  expect(handled).toEqual(['a', 'b'])
})

it('a peer that has more waiting than anybody needs is told of, and the rest costs nothing', async () => {
  const { add, handled, floods } = scene()
  await Promise.all(Array.from({ length: MAX_WAITING_MESSAGES + 5 }, async () => add('loud', 'x')))
  expect(handled).toHaveLength(MAX_WAITING_MESSAGES)
  expect(floods).toEqual(Array<string>(5).fill('loud'))
})

it.each([['messages', MAX_LINE.messages, 1], ['bytes', 4, MAX_LINE.bytes / 4]])('a line that is full by its %s has room once some of it is handled', async (_, count, bytes) => {
  const { lines, add, handled } = scene()
  const all = Array.from({ length: count }, async () => add('peer', 'x', bytes))
  const room = lines.room('peer')
  expect(room).toBeInstanceOf(Promise)
  expect(lines.room('somebody else')).toBeUndefined()
  await room
  expect(handled.length).toBeLessThan(count)
  await Promise.all(all)
  expect(lines.room('peer')).toBeUndefined()
})
