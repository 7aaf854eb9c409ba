import { afterEach, beforeEach, expect, it } from 'vitest'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { createTextDialect } from '../../../main/chat/dialects/text.ts'
import { createInbox } from '../../../main/chat/topics/inbox.ts'
import { inTurns } from '../../../main/chat/turns.ts'
import { openTestStore, type TestStore } from '../../support/store.ts'
import { makePeer } from '../support/peers.ts'

const garden = '/natter/1/garden'
let opened: TestStore
beforeEach(async () => { opened = await openTestStore() })
afterEach(async () => opened.remove())

it('answers in order, and throws what the work throws', async () => {
  expect(await inTurns([3, 1, 2], async (each) => each * 2)).toEqual([6, 2, 4])
  await expect(inTurns([1, 2], (each) => { if (each === 2) throw new Error('two') })).rejects.toThrow('two')
})

it('many posts that come at once leave the process room for all else', async () => {
  const ada = await makePeer()
  const natter = createNatterDialect(ada.key)
  const payloads = await Promise.all(Array.from({ length: 600 }, async (_, at) =>
    (await natter.encode({ topic: garden, authorName: 'Ada', text: `post ${String(at)}`, time: Date.now(), newest: 0 })).payload))
  let checks = 0
  let most = 0
  const counting = { ...natter, decode: async (...given: Parameters<typeof natter.decode>) => {
    checks++
    return natter.decode(...given)
  } }
  const inbox = createInbox({
    self: 'me', dialects: { natter: counting, text: createTextDialect('me') }, store: opened.store,
    isSubscribed: () => true, isBlocked: () => false, floor: () => 0, now: Date.now, onKept: () => {}, onUnkept: () => {}
  })
  let isDone = false
  const turn = (): void => {
    most = Math.max(most, checks)
    checks = 0
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  expect((await inbox.take(garden, payloads)).every((verdict) => verdict === 'kept')).toBe(true)
  isDone = true
  await inbox.close()
  // Of 0.2 ms each; a whole batch would be 128.
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThan(64)
})
