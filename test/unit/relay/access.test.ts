import { describe, expect, it } from 'vitest'
import { Access } from '../../../main/node/relay/access.ts'

const addresses = ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32']

describe('who is welcome on a relay', () => {
  it('is everybody where nothing was said', () => {
    expect(new Access().judge('a', '192.0.2.1')).toBeUndefined()
  })

  it.each([
    ['192.0.2.7', true], ['192.0.2.8', false], ['198.51.100.255', true], ['198.51.101.0', false],
    ['2001:db8:1::1', true], ['2001:db9::1', false], ['::ffff:192.0.2.7', true], [undefined, false], ['example.org', false]
  ])('is nobody from an address that is banned: %s', (host, isBanned) => {
    expect(new Access({ ban: { peers: [], addresses } }).judge('a', host)).toBe(isBanned ? 'banned' : undefined)
  })

  it('is nobody but those who are named, and of these none who is banned', () => {
    const access = new Access({ allow: ['a', 'b'], ban: { peers: ['b'], addresses: [] } })
    expect(['a', 'b', 'c'].map((peer) => access.judge(peer, undefined))).toEqual([undefined, 'banned', 'notAllowed'])
    access.set({ allow: [] })
    expect(access.judge('a', undefined)).toBe('notAllowed')
    access.set({})
    expect(access.judge('b', undefined)).toBeUndefined()
  })

  it('is told so four times a minute, and then not let in', () => {
    const access = new Access({ ban: { peers: ['a'], addresses: ['192.0.2.7'] } })
    const denied = (deny: () => boolean): number => Array.from({ length: 10 }, deny).filter(Boolean).length
    expect(denied(() => access.denyAddress('192.0.2.7'))).toBe(6)
    expect(denied(() => access.denyPeer('a'))).toBe(6)
    expect(denied(() => access.denyAddress('192.0.2.8'))).toBe(0)
    expect(denied(() => access.denyPeer('b'))).toBe(0)
  })
})
