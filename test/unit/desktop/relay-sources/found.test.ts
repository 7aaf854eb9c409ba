import { describe, expect, it } from 'vitest'
import { withFound, type StoredRelay } from '../../../../main/desktop/relay-list.ts'
import { FOUND_RELAY_LIMITS } from '../../../../main/node/limits.ts'
import type { FoundRelay } from '../../../../main/node/types.ts'
import { DEFAULT_SETTINGS } from '../../../../main/settings/schema.ts'
import { makePeer } from '../../support/peers.ts'

const peers = await Promise.all(Array.from({ length: 30 }, async () => (await makePeer()).peerId))
const [one = '', two = '', ours = ''] = peers
const found = (peerId: string, host = '203.0.113.7'): FoundRelay => ({ peerId, addresses: [`/ip4/${host}/tcp/4001/p2p/${peerId}`, `/dns4/relay.example/tcp/443/tls/ws/p2p/${peerId}`] })
const list = (relays: readonly StoredRelay[], from: string, told: readonly FoundRelay[], more = {}): StoredRelay[] | undefined =>
  withFound({ ...DEFAULT_SETTINGS, relays: [...relays], ...more }, { from, relays: told }, ours)

describe('relays that our relays told us of', () => {
  it('wait for the person, with all their addresses', () => {
    expect(list([], 'a', [found(one)])).toEqual([{
      address: found(one).addresses[0], alternatives: [found(one).addresses[1]], source: { kind: 'relay', peerId: 'a' }, approved: false
    }])
  })

  it('are not taken where they are switched off, unwanted, or ourselves', () => {
    expect(list([], 'a', [found(one)], { relaysThroughRelays: 'off' })).toBeUndefined()
    expect(list([], 'a', [found(one), found(ours)], { unwantedRelays: [one] })).toBeUndefined()
  })

  it('are so many from one of ours, and so many in all', () => {
    const fromOne = list([], 'a', peers.slice(3).map((peer) => found(peer))) ?? []
    expect(fromOne).toHaveLength(FOUND_RELAY_LIMITS.perRelay)
    const fromMany = ['a', 'b', 'c', 'd', 'e'].reduce<StoredRelay[]>((relays, from, at) => list(relays, from, peers.slice(3 + 4 * at).map((peer) => found(peer))) ?? relays, [])
    expect(fromMany).toHaveLength(FOUND_RELAY_LIMITS.all)
  })

  it('are followed to where they say that they are, and stay as agreed; what was pasted stays where it was pasted', () => {
    const known = { address: found(one).addresses[0] ?? '', source: { kind: 'relay', peerId: 'a' }, approved: true } as const
    const pasted = { address: found(two).addresses[0] ?? '', source: { kind: 'settings' }, approved: true } as const
    expect(list([known, pasted], 'b', [found(one, '203.0.113.9'), found(two, '203.0.113.9')])).toEqual([
      { address: found(one, '203.0.113.9').addresses[0], alternatives: [found(one).addresses[1]], source: { kind: 'relay', peerId: 'a' }, approved: true }, pasted
    ])
    expect(list([pasted], 'b', [found(two)])).toBeUndefined()
  })
})
