import { describe, expect, it } from 'vitest'
import type { Topic } from '../../../preload/contract/index.ts'
import { understand, understoodWords, wholeOf, type Reading, type Understood } from '../../../renderer/logic/understood.ts'
import { readPasted } from '../../../text/pasted.ts'
import { looksLike } from '../../../text/skeleton.ts'

const topic = (title: string, more: Partial<Topic> = {}): Topic => ({ id: `/natter/1/${title}`, title, dialect: 'natter', subscribed: true, unread: 0, people: 0, notify: 'mentions', keepDays: null, bytes: null, maxBytes: null, ...more })
const music = topic('music')
const chess = topic('chess', { subscribed: false, people: 3 })
const left = topic('left', { subscribed: false })
const read = (text: string, more: Partial<Reading> = {}): Understood => understand(text, { plain: false, asTyped: false, topics: [chess, left, music], looksLike, ...more })
const said = (text: string, more: Partial<Reading> = {}): string => {
  const { lead, action, other } = understoodWords(read(text, more))
  return [lead, action, ...(other === '' ? [] : [other])].join(' | ')
}
const RELAY = '/dns4/relay.example.org/tcp/443/wss/p2p/12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhx7Qk'

describe('the field that joins and creates', () => {
  it.each<[string, object]>([
    ['', { kind: 'nothing' }],
    [' \u200b ', { kind: 'nothing' }],
    ['jazz', { kind: 'topic', id: '/natter/1/jazz', title: 'jazz', plain: false }],
    ['#jazz', { kind: 'topic', id: '/natter/1/jazz', title: 'jazz', plain: false }],
    ['“#jazz”', { kind: 'topic', id: '/natter/1/jazz', title: 'jazz', plain: false }],
    ['/natter/1/jazz', { kind: 'topic', id: '/natter/1/jazz', title: 'jazz', plain: false }],
    ['#music', { kind: 'topic', id: music.id, title: 'music', plain: false, known: music }],
    ['chess', { kind: 'topic', id: chess.id, title: 'chess', plain: false, known: chess }],
    ['left', { kind: 'topic', id: left.id, title: 'left', plain: false }],
    ['Music', { kind: 'topic', id: '/natter/1/Music', title: 'Music', plain: false, like: music }],
    ['Ada says: natter://join#EiQIARIgAbc', { kind: 'invite', link: 'natter://join#EiQIARIgAbc' }],
    [`<${RELAY}>.`, { kind: 'relay', what: 'address', text: RELAY }],
    ['Relay.example.org', { kind: 'relay', what: 'name', text: 'relay.example.org', topic: 'Relay.example.org' }],
    ['natter-relays:https://example.org/list.json#z6Mk', { kind: 'relay', what: 'list', text: 'natter-relays:https://example.org/list.json#z6Mk' }],
    ['#relay.example.org', { kind: 'topic', id: '/natter/1/relay.example.org', title: 'relay.example.org', plain: false }]
  ])('understands %j', (text, understood) => {
    expect(read(text)).toEqual(understood)
  })

  it('takes the other reading where it is wanted', () => {
    expect(read('Music', { asTyped: true })).toEqual({ kind: 'topic', id: '/natter/1/Music', title: 'Music', plain: false })
    expect(read('relay.example.org', { asTyped: true })).toMatchObject({ kind: 'topic', id: '/natter/1/relay.example.org' })
  })

  it('takes the name of another program’s topic as it stands, and still no invite', () => {
    expect(read('#Universal ', { plain: true })).toEqual({ kind: 'topic', id: '#Universal', title: '#Universal', plain: true })
    expect(read('relay.example.org', { plain: true })).toMatchObject({ kind: 'topic', id: 'relay.example.org', plain: true })
    expect(read('/natter/1/jazz', { plain: true })).toMatchObject({ id: '/natter/1/jazz', plain: false })
    expect(read('natter://join#EiQ', { plain: true })).toMatchObject({ kind: 'invite' })
  })

  it('says what it understood, and what the button does', () => {
    expect(said('jazz')).toBe('The topic # jazz. | Join')
    expect(said('chess')).toBe('The topic # chess. 3 people you are connected to are in it. | Join')
    expect(said('#music')).toBe('You are in # music. | Open')
    expect(said('Music')).toBe('You are in # music, whose name looks the same. | Open | Join # Music instead')
    expect(said('CHESS')).toBe('People nearby are in # chess, whose name looks the same. | Join # chess | Join # CHESS instead')
    expect(said('jazz', { plain: true })).toBe('The plain text topic # jazz. | Join')
    expect(said('relay.example.org')).toBe('The relay relay.example.org. | Add relay | Join the topic # relay.example.org')
    expect(said(RELAY)).toBe('A relay’s address. | Add relay')
    expect(said('natter-relays:https://example.org/list.json#z6Mk')).toBe('A signed list of relays. | Add list')
    expect(said('natter://join#EiQ')).toBe('An invite. | Join')
  })

  it('puts a paste of several lines together where it is one thing', () => {
    expect(wholeOf(readPasted(`> ${RELAY.slice(0, 40)}\n> ${RELAY.slice(40)}`))).toBe(RELAY)
    expect(wholeOf(readPasted('one line\nand another'))).toBeUndefined()
  })
})
