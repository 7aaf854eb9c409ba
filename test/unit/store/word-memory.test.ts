import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWordMemory } from '../../../main/store/worker/word-memory.ts'

describe('the memory of words', () => {
  it('has the number that a word was given last, or none', () => {
    const word = fc.string({ unit: 'binary', maxLength: 12 })
    fc.assert(fc.property(fc.array(fc.tuple(word, fc.integer({ min: 0, max: 254 }))), fc.array(word), (given, others) => {
      const memory = createWordMemory(2 ** 12)
      const plain = new Map(given)
      for (const [each, number] of given) memory.set(each, number)
      for (const each of [...plain.keys(), ...others]) expect(memory.get(each)).toBe(plain.get(each))
    }))
  })

  it('forgets words where there are too many, and mistakes none for another', () => {
    const memory = createWordMemory(2 ** 10)
    for (let at = 0; at < 20_000; at++) memory.set(`word ${at}`, at % 255)
    const known = Array.from({ length: 20_000 }, (_, at) => memory.get(`word ${at}`))
    expect(known.filter((number, at) => number !== undefined && number !== at % 255)).toEqual([])
    expect(known.filter((number) => number !== undefined)).toHaveLength(2 ** 10)
    expect(known[19_999]).toBe(19_999 % 255)
    expect(Array.from({ length: 20_000 }, (_, at) => memory.get(`other ${at}`)).filter((number) => number !== undefined)).toEqual([])
  })
})
