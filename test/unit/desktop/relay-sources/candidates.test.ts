import { describe, expect, it } from 'vitest'
import { relayCandidates, type RelaySettings } from '../../../../main/desktop/relay-sources/candidates.ts'
import { DEFAULT_SETTINGS } from '../../../../main/settings/schema.ts'
import { makePeer } from '../../support/peers.ts'

const [one = '', two = '', three = ''] = await Promise.all([makePeer(), makePeer(), makePeer()].map(async (peer) => (await peer).peerId))
const at = (peer: string, host = '203.0.113.7'): string => `/ip4/${host}/tcp/4001/p2p/${peer}`
const stored = (more: Partial<RelaySettings>): RelaySettings => ({ ...DEFAULT_SETTINGS, ...more })
const name = { name: 'relay.example', relays: [{ peerId: one, addresses: [at(one), at(one, '203.0.113.8')] }, { peerId: two, addresses: [at(two)] }], agreed: [one] }

describe('the relays to choose from', () => {
  it('are those that a name stands for, with all their addresses; what was not agreed to waits', () => {
    expect(relayCandidates(stored({ relayNames: [name] }))).toEqual([
      { address: at(one), alternatives: [at(one, '203.0.113.8')], source: { kind: 'name', name: 'relay.example' }, approved: true },
      { address: at(two), source: { kind: 'name', name: 'relay.example' }, approved: false }
    ])
  })

  it('hold each relay once, as what the person agreed to before anything else', () => {
    const candidates = relayCandidates(stored({
      relays: [{ address: at(three), source: { kind: 'peer', peerId: 'p' }, approved: false }, { address: at(two), source: { kind: 'settings' }, approved: true }],
      relayNames: [name]
    }), [{ title: 'Ours', addresses: [at(three), at(one)] }])
    expect(candidates.map(({ address, source: { kind }, approved }) => [address, kind, approved])).toEqual([
      [at(two), 'settings', true], [at(one), 'name', true], [at(three), 'list', true]
    ])
  })

  it('leave out what a source gave that is switched off, and keep what was agreed to by itself', () => {
    const relays = [
      { address: at(one), source: { kind: 'relay', peerId: 'r' }, approved: false },
      { address: at(two), source: { kind: 'peer', peerId: 'p' }, approved: false },
      { address: at(three), source: { kind: 'relay', peerId: 'r' }, approved: true }
    ] as const
    const off = { relaysByName: false, relaysFromLists: false, relaysThroughRelays: 'off', relaysFromPeers: false } as const
    expect(relayCandidates(stored({ relays: [...relays], relayNames: [name], ...off }), [{ title: 'Ours', addresses: [at(one)] }]).map(({ address }) => address)).toEqual([at(three)])
    expect(relayCandidates(stored({ relays: [...relays] }))).toHaveLength(3)
  })

  it('leave out what the person removed, until they ask for it themselves', () => {
    expect(relayCandidates(stored({ relayNames: [name], unwantedRelays: [one] }), [{ title: 'Ours', addresses: [at(one)] }]).map(({ address }) => address)).toEqual([at(two)])
    expect(relayCandidates(stored({ relays: [{ address: at(one), source: { kind: 'settings' }, approved: true }], unwantedRelays: [one] }))).toHaveLength(1)
  })

  it('take those found through relays only where the person said so, and then only at IP addresses', () => {
    const dns = `/dns4/inside.example/tcp/4001/p2p/${one}`
    const found = { address: dns, alternatives: [at(one)], source: { kind: 'relay', peerId: 'r' }, approved: false } as const
    const named = { address: `/dns4/inside.example/tcp/22/p2p/${two}`, source: { kind: 'relay', peerId: 'r' }, approved: false } as const
    expect(relayCandidates(stored({ relays: [found, named] })).map(({ approved }) => approved)).toEqual([false, false])
    expect(relayCandidates(stored({ relays: [found, named], relaysThroughRelays: 'use' }))).toEqual([
      { address: at(one), source: found.source, approved: true }, named
    ])
  })
})
