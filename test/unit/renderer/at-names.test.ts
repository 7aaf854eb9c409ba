import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atQuery, namesFor } from '../../../renderer/logic/at-names.ts'

/** The caret is where `|` stands. */
const typed = (text: string): ReturnType<typeof atQuery> => atQuery(text.replace('|', ''), text.indexOf('|'))

describe('a name that is being typed', () => {
  it.each([
    ['@|', { from: 0, query: '' }],
    ['@Ad|', { from: 0, query: 'Ad' }],
    ['hello @Ad|a', { from: 6, query: 'Ad' }],
    ['(@Ada L|', { from: 1, query: 'Ada L' }],
    ['line\n@Me|', { from: 5, query: 'Me' }],
    ['@Ada and @M|', { from: 9, query: 'M' }],
    ['🙂@M|', { from: 2, query: 'M' }]
  ])('is found in %j', (text, query) => {
    expect(typed(text)).toEqual(query)
  })

  it.each(['|', 'hello|', '|@Ada', 'ada@exa|', 'Zoë@x|', '@Ada\nhello|', `@${'a'.repeat(65)}|`])('is not seen in %j', (text) => {
    expect(typed(text)).toBeUndefined()
  })
})

describe('the names that are offered', () => {
  const people = ['Chidi', 'Mei', 'Tomás', 'Ada L.', 'Ada', 'chidi', '', 'Jan van der Meer']

  it.each([
    ['', ['Chidi', 'Mei', 'Tomás', 'Ada L.', 'Ada', 'Jan van der Meer']],
    ['c', ['Chidi']],
    ['tomas', ['Tomás']],
    ['TOMÁS', []],
    ['TOMA', ['Tomás']],
    ['ada', ['Ada', 'Ada L.']],
    ['ada ', ['Ada L.']],
    ['me', ['Mei', 'Jan van der Meer']],
    ['mei', []],
    ['mei hello', []],
    [' ', []]
  ])('for %j are %j', (query, names) => {
    expect(namesFor(query, people)).toEqual(names)
  })

  it('are six at most', () => {
    expect(namesFor('p', Array.from({ length: 500 }, (_, i) => `Person ${String(i)}`))).toHaveLength(6)
  })

  it('fit what was typed, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: 'grapheme' })), (query, names) => {
      const offered = namesFor(query, names)
      expect(offered.every((name) => names.includes(name))).toBe(true)
      expect(new Set(offered).size).toBe(offered.length)
    }))
  })
})
