import { Key } from 'interface-datastore'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ProviderStore } from '../../../../main/node/relay/community/provider-store.ts'

const value = new Uint8Array([1])
const key = (name: string): Key => new Key(`/natter/kad/provider/wanted/${name}`)
let store: ProviderStore
beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  store = new ProviderStore({ prefix: '/natter/kad/provider/wanted/', most: 3, lasts: 1_000 })
})
afterEach(() => { vi.useRealTimers() })

async function all (): Promise<string[]> {
  const names: string[] = []
  for await (const { key } of store.query({ prefix: '/natter/kad' })) names.push(key.baseNamespace())
  return names
}

it('keeps who provides the one key, and nothing else that anybody asks it to keep', async () => {
  store.put(key('one'), value)
  for (const name of ['/natter/kad/provider/other/one', '/natter/kad/record/one', '/x']) store.put(new Key(name), value)
  expect([store.size, await all()]).toEqual([1, ['one']])
})

it('keeps so many, the last ones heard of', async () => {
  for (const name of ['one', 'two', 'three', 'one', 'four']) store.put(key(name), value)
  expect(await all()).toEqual(expect.arrayContaining(['three', 'one', 'four']))
  for (let index = 0; index < 10_000; index++) store.put(key(String(index)), value)
  expect([store.size, (await all()).length]).toEqual([3, 3])
})

it('forgets who did not say again that they are there', async () => {
  store.put(key('one'), value)
  vi.advanceTimersByTime(900)
  store.put(key('two'), value)
  vi.advanceTimersByTime(600)
  expect(await all()).toEqual(['two'])
  store.delete(key('two'))
  expect([store.size, await all()]).toEqual([0, []])
})
