import { describe, expect, it } from 'vitest'
import type { Reachability, Self } from '../../../preload/contract/index.ts'
import { ownAddress } from '../../../renderer/logic/own-address.ts'

const self: Self = { peerId: '12D3KooWMe', protection: 'none', port: 4001, addresses: ['/ip4/192.168.1.2/tcp/4001/p2p/12D3KooWMe'] }
const unknown: Reachability = { state: 'unknown', through: [], evidence: [] }
const through = [{ relay: '12D3KooWRelay', address: '/ip4/203.0.113.7/tcp/4001/p2p/12D3KooWRelay' }]

describe('our own address', () => {
  it('is the proven one where there is one, with our peer id at its end', () => {
    expect(ownAddress({ ...unknown, state: 'direct', address: '/ip4/203.0.113.9/tcp/4001', through }, self)).toBe('/ip4/203.0.113.9/tcp/4001/p2p/12D3KooWMe')
  })

  it('goes through the relay, and then to us', () => {
    expect(ownAddress({ ...unknown, state: 'relayed', through }, self)).toBe('/ip4/203.0.113.7/tcp/4001/p2p/12D3KooWRelay/p2p-circuit/p2p/12D3KooWMe')
  })

  it('is where we listen while nothing is known, and nothing before we are somebody', () => {
    expect(ownAddress(unknown, self)).toBe('/ip4/192.168.1.2/tcp/4001/p2p/12D3KooWMe')
    expect(ownAddress(unknown, undefined)).toBeUndefined()
  })
})
