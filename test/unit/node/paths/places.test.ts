import { multiaddr } from '@multiformats/multiaddr'
import { expect, it } from 'vitest'
import { openAddresses } from '../../../../main/node/paths/places.ts'

const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const open = (...addresses: string[]): string[] => openAddresses(addresses.map((address) => multiaddr(address)), false).map(String)

it('the address of a relay is not taken for that of whom it listens for', () => {
  expect(open(`/ip4/44.0.0.2/tcp/4001/p2p/${PEER}/p2p-circuit`, `/ip4/44.0.0.2/tcp/4001/p2p/${PEER}/p2p-circuit/p2p/${PEER}`)).toEqual([])
})

it('open are public addresses of IP and TCP, told without their peer id', () => {
  expect(open(`/ip4/44.0.0.3/tcp/5000/p2p/${PEER}`, '/ip4/192.168.1.2/tcp/5000', '/ip4/44.0.0.3/tcp/443/tls/ws', '/dns4/example.org/tcp/1')).toEqual(['/ip4/44.0.0.3/tcp/5000'])
})
