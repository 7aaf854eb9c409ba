import { describe, expect, it } from 'vitest'
import type { Path, Reachability } from '../../../preload/contract/index.ts'
import { grouped, utf8Length } from '../../../renderer/logic/bytes.ts'
import { findPlaces, findTopics } from '../../../renderer/logic/find.ts'
import { followSwitch } from '../../../renderer/logic/protocol-note.ts'
import { dayLabel, duration, fullTime, sinceWords } from '../../../renderer/logic/time.ts'
import { count, pathWords, relaySourceWords, wayWords, withShortIds } from '../../../renderer/logic/words.ts'

const RELAY = '12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhx7Qk'

describe('words', () => {
  it.each<[Path, string]>([
    [{ kind: 'self' }, 'this computer'],
    [{ kind: 'direct', address: '/ip4/1.2.3.4/tcp/1', rtt: 12.4 }, 'direct, 12 ms'],
    [{ kind: 'direct', address: '/ip4/1.2.3.4/tcp/1', rtt: 0.2 }, 'direct, under 1 ms'],
    [{ kind: 'direct', address: '/ip4/1.2.3.4/tcp/1' }, 'direct'],
    [{ kind: 'circuit', relay: RELAY, address: '', rtt: 48, limited: false }, 'through relay 12D3…x7Qk, 48 ms'],
    [{ kind: 'hub', relay: RELAY }, 'through a hub'],
    [{ kind: 'none' }, 'not connected']
  ])('say how %j leads to somebody', (path, words) => {
    expect(pathWords(path)).toBe(words)
  })

  const nothing: Reachability = { state: 'unknown', through: [], evidence: [] }
  it.each<[Reachability, readonly string[]]>([
    [nothing, []],
    [{ ...nothing, state: 'relayed', through: [{ relay: RELAY, address: '', rtt: 34 }, { relay: 'b', address: '' }] }, ['Through relay 12D3…x7Qk, 34 ms.', 'Through relay b.']],
    [{ ...nothing, state: 'direct', address: `/ip4/203.0.113.7/tcp/4001/p2p/${RELAY}` }, ['Directly, at /ip4/203.0.113.7/tcp/4001.']],
    [{ ...nothing, state: 'offline' }, []]
  ])('name the ways by which others reach us: %j', (reachability, words) => {
    expect(wayWords(reachability)).toEqual(words)
  })

  it('shorten the peer ids in a sentence', () => {
    expect(withShortIds(`Relay ${RELAY}: It listens for us.`)).toBe('Relay 12D3…x7Qk: It listens for us.')
  })

  it('say where a relay comes from', () => {
    expect(relaySourceWords({ kind: 'peer', peerId: RELAY })).toBe('Named by 12D3…x7Qk.')
    expect(relaySourceWords({ kind: 'relay', peerId: RELAY })).toBe('Found through your relay 12D3…x7Qk.')
    expect(relaySourceWords({ kind: 'name', name: 'relay.example.org' })).toBe('Found under relay.example.org.')
    expect(relaySourceWords({ kind: 'invite', topic: 'music' })).toBe('From an invite to music.')
  })

  it('count', () => {
    expect(count(1, 'person', 'people')).toBe('1 person')
    expect(count(0, 'person', 'people')).toBe('0 people')
    expect(utf8Length('aé€😀')).toBe(10)
    expect(grouped(16_384)).toBe('16,384')
  })
})

describe('times', () => {
  const now = new Date(2026, 10, 22, 9).getTime()

  it('name days', () => {
    expect(dayLabel(now, now)).toBe('Today')
    expect(dayLabel(new Date(2026, 10, 21, 23, 59).getTime(), now)).toBe('Yesterday')
    // Versions of ICU differ in the comma.
    expect(dayLabel(new Date(2026, 10, 14).getTime(), now)).toMatch(/^Saturday,? 14 November$/)
    expect(dayLabel(new Date(2025, 10, 22).getTime(), now)).toMatch(/^Saturday,? 22 November 2025$/)
    expect(fullTime(new Date(2026, 10, 21, 23, 59).getTime(), now)).toMatch(/^Yesterday, /)
  })

  it('are short', () => {
    expect(duration(369)).toBe('0.4 s')
    expect(duration(-5)).toBe('0.0 s')
    expect(duration(59_000)).toBe('59 s')
    expect(duration(180_000)).toBe('3 min')
    expect(sinceWords(now - 1_000, now)).toBe('since just now')
    expect(sinceWords(now - 180_000, now)).toBe('for 3 min')
  })
})

describe('a change of protocol', () => {
  it('gives one sentence at its end', () => {
    const start = followSwitch(undefined, { current: 'gossipsub', waiting: 0 }, { current: 'gossipsub', switchingTo: 'floodsub', waiting: 0 }, 1_000)
    expect(start).toEqual({ switching: { since: 1_000, waiting: 0 }, note: undefined })
    const waits = followSwitch(start.switching, { current: 'gossipsub', switchingTo: 'floodsub', waiting: 0 }, { current: 'gossipsub', switchingTo: 'floodsub', waiting: 1 }, 1_100)
    const end = followSwitch(waits.switching, { current: 'gossipsub', switchingTo: 'floodsub', waiting: 1 }, { current: 'floodsub', waiting: 0 }, 1_400)
    expect(end).toEqual({ switching: undefined, note: 'You switched to Floodsub. 1 post waited 0.4 s.' })
  })

  it('says nothing where nothing changed', () => {
    const same = { current: 'floodsub', waiting: 0 } as const
    expect(followSwitch({ since: 1, waiting: 0 }, { ...same, switchingTo: 'gossipsub' }, same, 9).note).toBeUndefined()
  })
})

describe('finding', () => {
  const topic = (title: string, subscribed = true): Parameters<typeof findTopics>[0][number] => ({ id: title, title, dialect: 'natter', subscribed, unread: 0, people: 0, notify: 'mentions', keepDays: null, bytes: 0, maxBytes: 500_000_000 })

  it('ranks what begins with the words first, and subscribed topics before others', () => {
    const all = [topic('swarm'), topic('berlin-makers'), topic('music'), topic('mars', false)]
    expect(findTopics(all, ' M').map((one) => one.title)).toEqual(['music', 'mars', 'berlin-makers', 'swarm'])
    expect(findTopics(all, 'zz')).toEqual([])
    expect(findTopics(all, '', 2)).toHaveLength(2)
    const places = [{ title: 'Network', about: 'who you are connected to', words: 'diamond small', open: () => {} }]
    expect([' NET', 'sm dia', 'sm zz'].map((query) => findPlaces(places, query).length)).toEqual([1, 1, 0])
    expect([' NET', '', 'conn', 'etw', 'zz'].map((query) => findPlaces(places, query).length)).toEqual([1, 1, 1, 0, 0])
  })
})
