import type { Connection, Libp2pEvents, MultiaddrConnection, TypedEventTarget } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { Gater } from '../../../main/node/gater.ts'
import { COMMUNITY_LIMITS, MAX_CONNECTIONS_PER_ADDRESS, MAX_CONNECTIONS_PER_PEER, MAX_FLOODS_PER_ADDRESS, MAX_PENDING_PER_ADDRESS } from '../../../main/node/limits.ts'
import { makePeer } from '../support/peers.ts'

const desktop = (): Gater => new Gater({ role: 'desktop' })
const { peerId: relay } = await makePeer()
const { peerId: somebody } = await makePeer()
const refuses = (gater: Gater, address: string): boolean => gater.denyDialMultiaddr(multiaddr(address))

describe('whom a desktop dials because a peer said so', () => {
  it.each([
    '/ip4/127.0.0.1/tcp/631', '/ip4/127.8.8.8/tcp/80', '/ip4/0.0.0.0/tcp/22', '/ip4/10.1.2.3/tcp/80', '/ip4/172.16.0.1/tcp/80',
    '/ip4/192.168.1.1/tcp/80', '/ip4/169.254.169.254/tcp/80', '/ip4/100.64.0.1/tcp/80', '/ip4/192.168.1.1/tcp/80/ws',
    '/ip6/::1/tcp/80', '/ip6/0:0:0:0:0:0:0:1/tcp/80', '/ip6/::/tcp/80', '/ip6/fe80::1/tcp/80', '/ip6/fd00::1/tcp/80', '/ip6/FD00::1/tcp/80',
    '/ip6zone/eth0/ip6/fe80::1/tcp/80', '/ip6/::ffff:127.0.0.1/tcp/80', '/ip6/::ffff:7f00:1/tcp/80', '/ip6/0:0:0:0:0:ffff:c0a8:101/tcp/80',
    '/ip6/64:ff9b::7f00:1/tcp/80', '/ip6/64:ff9b::10.0.0.1/tcp/80', '/ip6/2002:7f00:1::/tcp/80', '/ip6/::127.0.0.1/tcp/80'
  ])('never %s, which is private', (address) => {
    expect(refuses(desktop(), `${address}/p2p/${somebody}`)).toBe(true)
  })

  it.each([
    '/dns4/localhost/tcp/80', '/dns4/router.example/tcp/80', '/dns6/router.example/tcp/80', '/dns/router.example/tcp/443/wss',
    '/dnsaddr/router.example', '/unix/%2Fvar%2Frun%2Fdocker.sock', '/memory/1'
  ])('never %s, which is no IP address', (address) => {
    expect(refuses(desktop(), address)).toBe(true)
  })

  it.each(['/ip4/8.8.8.8/tcp/4001', '/ip4/8.8.8.8/tcp/4001/ws', '/ip6/2606:4700::1111/tcp/4001'])('but %s', (address) => {
    expect(refuses(desktop(), address)).toBe(false)
    expect(refuses(desktop(), `${address}/p2p/${somebody}`)).toBe(false)
  })

  it('where mDNS or the person gave the address, that one and no other', () => {
    const gater = desktop()
    gater.allowTarget(multiaddr(`/ip4/192.168.1.5/tcp/4001/p2p/${somebody}`))
    gater.allowTarget(multiaddr('/dns4/relay.example/tcp/4001'))
    expect(refuses(gater, '/ip4/192.168.1.5/tcp/4001')).toBe(false)
    expect(refuses(gater, `/ip4/192.168.1.5/tcp/4001/p2p/${relay}`)).toBe(false)
    expect(refuses(gater, '/dns4/relay.example/tcp/4001')).toBe(false)
    expect(refuses(gater, '/ip4/192.168.1.5/tcp/22')).toBe(true)
    expect(refuses(gater, '/ip4/192.168.1.6/tcp/4001')).toBe(true)
    expect(refuses(gater, '/dns4/relay.example/tcp/22')).toBe(true)
  })
})

describe('circuits', () => {
  const through = `/ip4/8.8.8.8/tcp/4001/p2p/${relay}/p2p-circuit/p2p/${somebody}`

  it('only through relays that the person agreed to', () => {
    const gater = desktop()
    expect(refuses(gater, through)).toBe(true)
    gater.setRelays([relay])
    expect(refuses(gater, through)).toBe(false)
    gater.setRelays([])
    expect(refuses(gater, through)).toBe(true)
  })

  it('never where the relay is named only at the end, or not at all', () => {
    const gater = desktop()
    gater.setRelays([relay])
    expect(refuses(gater, `/ip4/8.8.8.8/tcp/4001/p2p-circuit/p2p/${relay}`)).toBe(true)
    expect(refuses(gater, `/p2p-circuit/p2p/${somebody}`)).toBe(true)
    expect(refuses(gater, `/ip4/8.8.8.8/tcp/4001/p2p/${somebody}/p2p-circuit/p2p/${relay}`)).toBe(true)
  })
})

it('a relay dials nobody', () => {
  expect(new Gater({ role: 'relay' }).denyDialMultiaddr(multiaddr('/ip4/8.8.8.8/tcp/4001'))).toBe(true)
})

describe('who may connect', () => {
  const incoming = (address: string): MultiaddrConnection => Object.assign(new EventTarget(), { remoteAddr: multiaddr(address), send: () => true }) as unknown as MultiaddrConnection

  it(`no more than ${MAX_PENDING_PER_ADDRESS.relay} of one address at once before they have shown who they are, to a relay`, () => {
    const gater = new Gater({ role: 'relay' })
    const waiting = Array.from({ length: MAX_PENDING_PER_ADDRESS.relay }, () => incoming('/ip4/8.8.8.8/tcp/1'))
    for (const connection of waiting) expect(gater.denyInboundConnection(connection)).toBe(false)
    expect(gater.denyInboundConnection(incoming('/ip4/8.8.8.8/tcp/1'))).toBe(true)
    expect(gater.denyInboundConnection(incoming('/ip4/8.8.4.4/tcp/1'))).toBe(false)
    waiting[0]?.dispatchEvent(new Event('close'))
    expect(gater.denyInboundConnection(incoming('/ip4/8.8.8.8/tcp/1'))).toBe(false)
  })

  it('no more handshakes of one address in a minute than connections, and nobody new where too many flooded; both are counted', () => {
    const gater = new Gater({ role: 'relay' })
    const refused: string[] = []
    const knock = (address: string): boolean => {
      const connection = incoming(address)
      const denied = gater.denyInboundConnection(connection)
      connection.dispatchEvent(new Event('close'))
      return denied
    }
    gater.setGuard({ connectionsPerAddress: 20, denyAddress: () => false, denyPeer: () => false, onRefused: (reason) => refused.push(reason) })
    expect(Array.from({ length: 21 }, () => knock('/ip4/8.8.8.8/tcp/1')).filter(Boolean)).toHaveLength(1)
    expect(refused).toEqual(['handshakes'])
    for (let peer = 0; peer <= MAX_FLOODS_PER_ADDRESS.atOnce; peer++) {
      gater.shutOut(`peer ${peer}`, '8.8.4.4')
      gater.shutOut(`peer ${peer}`, '8.8.4.4')
    }
    expect(knock('/ip4/8.8.4.4/tcp/1')).toBe(true)
    expect(knock('/ip4/8.8.4.5/tcp/1')).toBe(false)
    expect(refused.slice(1)).toEqual(Array<string>(MAX_FLOODS_PER_ADDRESS.atOnce + 2).fill('floods'))
    // The same rules taken again change nothing.
    gater.setGuard({ connectionsPerAddress: 20, denyAddress: () => false, denyPeer: () => false, onRefused: (reason) => refused.push(reason) })
    expect(knock('/ip4/8.8.8.8/tcp/1')).toBe(true)
  })

  function scene (): { readonly gater: Gater, readonly open: (address: string, peer?: string) => () => void, readonly denies: (address: string) => boolean } {
    const gater = desktop()
    const events = new EventTarget()
    gater.attach(events as unknown as TypedEventTarget<Libp2pEvents>)
    return {
      gater,
      open: (address, peer = somebody) => {
        const detail = { remoteAddr: multiaddr(address), remotePeer: peerIdFromString(peer) } as Connection
        events.dispatchEvent(new CustomEvent('connection:open', { detail }))
        return () => { events.dispatchEvent(new CustomEvent('connection:close', { detail })) }
      },
      denies: (address) => {
        const connection = incoming(address)
        const denied = gater.denyInboundConnection(connection)
        gater.denyInboundUpgradedConnection(peerIdFromString(somebody), connection)
        return denied
      }
    }
  }

  it(`no more than ${MAX_CONNECTIONS_PER_ADDRESS.desktop} connections from one address, and again when one closes`, () => {
    const { open, denies } = scene()
    const closes = Array.from({ length: MAX_CONNECTIONS_PER_ADDRESS.desktop }, (_, port) => {
      expect(denies('/ip4/8.8.8.8/tcp/1')).toBe(false)
      return open(`/ip4/8.8.8.8/tcp/${port + 1}`)
    })
    expect(denies('/ip4/8.8.8.8/tcp/999')).toBe(true)
    expect(denies('/ip4/8.8.4.4/tcp/999')).toBe(false)
    closes[0]?.()
    expect(denies('/ip4/8.8.8.8/tcp/999')).toBe(false)
  })

  it('circuits do not count under the address of their relay', () => {
    const { open, denies } = scene()
    for (let index = 0; index < 2 * MAX_CONNECTIONS_PER_ADDRESS.desktop; index++) {
      open(`/ip4/8.8.8.8/tcp/4001/p2p/${relay}/p2p-circuit/p2p/${somebody}`)
    }
    expect(denies('/ip4/8.8.8.8/tcp/999')).toBe(false)
  })

  it(`no more than ${MAX_CONNECTIONS_PER_PEER} connections from one peer, wherever it comes from`, () => {
    const { gater, open } = scene()
    const closes = Array.from({ length: MAX_CONNECTIONS_PER_PEER }, (_, index) => {
      expect(gater.denyInboundEncryptedConnection(peerIdFromString(somebody))).toBe(false)
      return open(`/ip4/8.8.${index}.8/tcp/1`)
    })
    expect(gater.denyInboundEncryptedConnection(peerIdFromString(somebody))).toBe(true)
    expect(gater.denyInboundEncryptedConnection(peerIdFromString(relay))).toBe(false)
    closes[0]?.()
    expect(gater.denyInboundEncryptedConnection(peerIdFromString(somebody))).toBe(false)
  })
})

describe('whom a relay dials', () => {
  it('nobody, unless it looks for others of its community: then whom it was given, and public addresses, so many a minute', () => {
    const gater = new Gater({ role: 'relay' })
    gater.allowTarget(multiaddr('/dns4/other.example/tcp/4001'))
    expect(refuses(gater, '/ip4/8.8.8.8/tcp/4001')).toBe(true)
    gater.setDialsPublic(true)
    expect(['/ip4/10.0.0.1/tcp/80', '/dns4/inside.example/tcp/80', `/ip4/8.8.8.8/tcp/4001/p2p/${relay}/p2p-circuit/p2p/${somebody}`].filter((address) => !refuses(gater, address))).toEqual([])
    const dialled = Array.from({ length: 500 }, (_, at) => refuses(gater, `/ip4/8.8.8.8/tcp/${String(at + 1)}`)).filter((refused) => !refused)
    expect(dialled).toHaveLength(COMMUNITY_LIMITS.dialsPerMinute)
    expect(refuses(gater, '/dns4/other.example/tcp/4001')).toBe(false)
    gater.setDialsPublic(false)
    expect(refuses(gater, '/dns4/other.example/tcp/4001')).toBe(true)
  })
})
