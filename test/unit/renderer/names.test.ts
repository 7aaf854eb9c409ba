import { describe, expect, it } from 'vitest'
import { nameOf, plainName, shortId } from '../../../renderer/logic/names.ts'

const PEER = '12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhKust'

describe('names', () => {
  it.each([
    ['Ada', 'Ada'],
    ['  Ada \n Lovelace\t', 'Ada Lovelace'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['a\u0000b\u001bc\u200bd\ufeff', 'abcd'],
    ['\u2066\u2069', ''],
    ['Tomás 李 عمر', 'Tomás 李 عمر'],
    ['mu\u3164s\u{E0061}ic\ufe0f', 'music'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    // Families of emoji are joined by a zero-width joiner, which stays.
    ['👩‍👧', '👩‍👧']
  ])('draws %j as %j', (text, drawn) => {
    expect(plainName(text)).toBe(drawn)
  })

  it('cuts a peer id in the middle', () => {
    expect(shortId(PEER)).toBe('12D3…Kust')
    expect(shortId('short')).toBe('short')
  })

  it('falls back to the peer id where a name draws nothing', () => {
    expect(nameOf('\u200b\u202e ', PEER)).toBe('12D3…Kust')
    expect(nameOf('Ada', PEER)).toBe('Ada')
  })
})
