import { describe, expect, it } from 'vitest'
import { findHistoryDriver } from '../../../main/relay/history-driver.ts'
import { groupBy, withResolvers } from '../../../main/relay/packed/older-node.ts'

describe('what Node 20 lacks', () => {
  it('groups as Map.groupBy does', () => {
    const words = ['one', 'two', 'three', 'four']
    const keyOf = (word: string, index: number): number => word.length + (index === 3 ? 10 : 0)
    expect(groupBy(words, keyOf)).toEqual(Map.groupBy(words, keyOf))
    expect(groupBy([], () => 1)).toEqual(new Map())
  })

  it('settles a promise from outside, either way', async () => {
    const [one, other] = [withResolvers<string>(), withResolvers<string>()]
    one.resolve('done')
    other.reject(new Error('not done'))
    expect(await one.promise).toBe('done')
    await expect(other.promise).rejects.toThrow('not done')
  })
})

describe('the module that history is kept with', () => {
  it('is found where it is installed', () => {
    expect(findHistoryDriver()).toMatch(/better-sqlite3-multiple-ciphers[/\\]lib[/\\]index\.js$/)
  })

  it('is refused in a sentence under a Node that it crashes', () => {
    expect(() => findHistoryDriver('20.20.2')).toThrow('--keep-history needs Node.js 22 or newer, and this is 20.20.2.')
  })

  it('is named where it is missing', () => {
    const missing = (): never => { throw new Error('Cannot find module') }
    expect(() => findHistoryDriver('24.21.0', missing as never)).toThrow('--keep-history needs the npm package better-sqlite3-multiple-ciphers, which is not installed here.')
  })
})
