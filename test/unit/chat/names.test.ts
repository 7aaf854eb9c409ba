import { describe, expect, it } from 'vitest'
import { createKnownNames } from '../../../main/chat/known-names.ts'
import { checkNewTopic } from '../../../main/chat/new-topic.ts'
import { checkTopicId, cleanName, dialectOf, isShowable, titleOf, topicIdOf } from '../../../main/chat/names.ts'

describe('topic names', () => {
  it('become topics of Natter\'s own, unless taken as they stand', () => {
    expect(topicIdOf('  garden \n', false)).toBe('/natter/1/garden')
    for (const typed of ['#garden', '# garden', '“garden”', '\u200Bgarden\u2060', '<garden>']) expect(topicIdOf(typed, false)).toBe('/natter/1/garden')
    // Taken exactly as typed.
    expect([topicIdOf('#garden', true), topicIdOf('/natter/1/#garden', false)]).toEqual(['#garden', '/natter/1/#garden'])
    expect(topicIdOf('universal-connectivity', true)).toBe('universal-connectivity')
    expect(topicIdOf('/natter/1/garden', true)).toBe('/natter/1/garden')
    expect(topicIdOf('/natter/1/garden', false)).toBe('/natter/1/garden')
    expect([titleOf('/natter/1/garden'), titleOf('garden')]).toEqual(['garden', 'garden'])
    expect([dialectOf('/natter/1/garden'), dialectOf('/natter/2/garden')]).toEqual(['natter', 'text'])
  })

  it('that look the same are the same in Natter', () => {
    expect(topicIdOf('Cafe\u0301', false)).toBe(topicIdOf('Café', false))
    expect(topicIdOf('Cafe\u0301', true)).toBe('Cafe\u0301')
  })

  it.each([['', /needs a name/u], ['  ', /needs a name/u], ['/natter/1/', /needs a name/u], ['a\nb', /line breaks/u], ['a\u202Eb', /invisible/u], ['\uD800', /invisible/u],
    ['x'.repeat(129), /129 characters long; a topic's name may have 128/u], ['universal-connectivity-browser-peer-discovery', /could break them/u]])('are refused in one sentence: %.20j', (name, message) => {
    expect(() => topicIdOf(name, true)).toThrow(message)
    expect(isShowable(name)).toBe(false)
  })

  it('from elsewhere must be what they say', () => {
    expect(checkTopicId('/natter/1/garden')).toBe('/natter/1/garden')
    for (const id of [' garden', '/natter/1/Cafe\u0301', '/natter/1/ x']) expect(() => checkTopicId(id)).toThrow(/not be the same topic/u)
  })
})

describe('new topics', () => {
  it.each([['mu\u200Bsic', /invisible characters/u], ['mu\u00ADsic', /invisible characters/u], ['music\uFE0F', /invisible characters/u], ['mu\u3164sic', /invisible characters/u], ['\u3164', /can be seen/u], ['\u2800', /can be seen/u], ['musіc', /Latin and Cyrillic/u]])('are refused in one sentence: %j', (name, message) => {
    expect(() => { checkNewTopic(`/natter/1/${name}`) }).toThrow(message)
    expect(() => { checkNewTopic(name) }).toThrow(message)
    // Whoever is on such a topic stays there, and who is invited can join.
    expect(checkTopicId(`/natter/1/${name}`)).toBe(`/natter/1/${name}`)
    expect(isShowable(`/natter/1/${name}`)).toBe(true)
  })

  it.each(['music', 'Música', 'می\u200Cخواهم', 'क्\u200Dष', '👩\u200D🚀', '☕\uFE0F', 'Привет', '東京タワー'])('may be called %s', (name) => {
    expect(() => { checkNewTopic(topicIdOf(name, false)) }).not.toThrow()
  })
})

describe('names of people', () => {
  it.each([' ', '\u3164', '\u200D', '\u2800 \u115F', '\u2060\uFE0F'])('are empty where nothing of them would be seen: %j', (name) => {
    expect(cleanName(name)).toBe('')
  })

  it('lose what draws nothing', () => {
    expect([cleanName('A\u200Bd\u00ADa\uFE0F'), cleanName('Ada\u3164'), cleanName('\u{E0041}Ada')]).toEqual(['Ada', 'Ada', 'Ada'])
  })

  it.each(['Ada', '7', '👩\u200D🚀', 'می\u200Cخواهم', '☕\uFE0F'])('stay as they are: %s', (name) => {
    expect(cleanName(name)).toBe(name)
  })
})

describe('known names', () => {
  it('are news once, and the oldest go first', () => {
    const names = createKnownNames(2)
    expect([names.learn('a', 'Ada'), names.learn('a', 'Ada'), names.learn('a', 'Bea'), names.learn('a', '')]).toEqual([true, false, true, false])
    names.learn('b', 'Bob')
    names.learn('a', 'Bea')
    names.learn('c', 'Cy')
    expect([names.of('a'), names.of('b'), names.of('c')]).toEqual(['Bea', '', 'Cy'])
  })
})
