import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import process from 'node:process'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDesktopNode } from '../../main/node/desktop-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { relayTrouble } from '../../main/node/reachability/words.ts'
import { createRelayNode, type RelayNode } from '../../main/node/relay/relay-node.ts'
import { boundedLookup } from '../../main/node/transports/lookup.ts'
import { Outbound } from '../../main/node/transports/outbound.ts'
import { ServerCertificate } from '../../main/node/transports/server-certificate.ts'
import { openTunnel } from '../../main/node/transports/tunnel.ts'
import type { Proxy, ProxyFor } from '../../main/node/transports/types.ts'
import type { NatterNode } from '../../main/node/types.ts'
import { openCertificateFiles } from '../../main/relay/tls/certificate-files.ts'
import { TestAuthority } from '../support/certificates.ts'
import { startProxy, startTalker, type TestProxy } from '../support/connect-proxy.ts'
import { until } from './support/until.ts'

const ends: (() => Promise<void>)[] = []
let folder = ''
let authority: TestAuthority
const certificate = new ServerCertificate()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-proxied-'))
  authority = new TestAuthority(folder)
  process.env['SSL_CERT_FILE'] = authority.cert
  const { current } = await openCertificateFiles(authority.issue({ names: ['DNS:relay.test.example'] }), { say: () => {}, onCertificate: () => {} })
  if (current !== undefined) certificate.set(current)
})
afterEach(async () => { await Promise.all(ends.splice(0).map(async (end) => end())) })
afterAll(async () => { await rm(folder, { recursive: true, force: true }) })

async function startRelay (listen: string): Promise<{ readonly relay: RelayNode, readonly address: string }> {
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: [listen], certificate })
  ends.push(relay.stop)
  await relay.start()
  // Nobody but the proxy can find this name.
  return { relay, address: (relay.multiaddrs[0] ?? '').replace('/ip4/127.0.0.1/', '/dns4/relay.test.example/') }
}

async function desktop (address: string, proxyFor: ProxyFor): Promise<NatterNode> {
  const node = await createDesktopNode({
    privateKey: await generateIdentity(), protocol: 'gossipsub', listenPort: 0, mdns: false, beRelay: false, topics: ['a topic'], known: [], proxyFor,
    relays: [{ address, source: { kind: 'settings' }, approved: true }]
  })
  ends.push(async () => node.stop())
  return node
}

describe.each(['/tcp/0', '/tcp/0/ws', '/tcp/0/tls/ws'])('a relay on %s', (kind) => {
  it('is reached through an HTTP proxy, which is said', async () => {
    const proxy = await startProxy()
    ends.push(proxy.close)
    const { address } = await startRelay(`/ip4/127.0.0.1${kind}`)
    const through: ProxyFor = async () => [{ host: '127.0.0.1', port: proxy.port, secure: false }]
    const [a, b] = await Promise.all([desktop(address, through), desktop(address, through)])
    await until(() => a.people.onTopic('a topic').some(({ peerId, path }) => peerId === b.peerId && path.kind === 'circuit'), 15_000, 'a circuit through it')
    const words = `It listens for us, through the proxy 127.0.0.1:${String(proxy.port)}.`
    expect(a.reachability.relays[0]?.detail).toBe(words)
    expect(a.reachability.state.evidence.some(({ text }) => text.includes(words))).toBe(true)
    expect(proxy.asked).toContain(`relay.test.example:${String(multiaddr(address).getComponents()[1]?.value)}`)
  })
})

it('a proxy that asks for a password is told it, and only what it needs is said where it does not take it', async () => {
  const proxy = await startProxy({ authorization: 'Basic YWRhOnNlY3JldA==' })
  ends.push(proxy.close)
  const { address } = await startRelay('/ip4/127.0.0.1/tcp/0')
  const place = { host: '127.0.0.1', port: proxy.port, secure: false }
  const without = await desktop(address, async () => [place])
  await until(() => without.reachability.relays[0]?.state === 'down', 10_000, 'it is turned away')
  expect(without.reachability.relays[0]?.detail).toBe(`The proxy 127.0.0.1:${String(proxy.port)} asks for a user and a password, or does not take these: set them in Settings → Network.`)
  const knowing = await desktop(address, async () => [{ ...place, authorization: 'Basic YWRhOnNlY3JldA==' }])
  await until(() => knowing.reachability.relays[0]?.state === 'reserved', 10_000, 'a place on the relay')
  expect(JSON.stringify(knowing.reachability)).not.toContain('YWRhOnNlY3JldA')
})

it('what is in this computer or its network is never asked of a proxy', async () => {
  const asked: string[] = []
  const outbound = new Outbound(async (host) => {
    asked.push(host)
    return Promise.resolve([])
  })
  const gone = AbortSignal.timeout(50)
  const places = ['/ip4/127.0.0.1/tcp/9', '/ip4/192.168.7.7/tcp/9', '/ip4/10.1.2.3/tcp/9', '/ip6/::1/tcp/9', '/ip6/fe80::1/tcp/9', '/ip6/fd00::1/tcp/9', '/dns4/localhost/tcp/9', '/dns/printer/tcp/9', '/dns/nas.local/tcp/9']
  await Promise.allSettled([...places, '/dns4/relay.test.example/tcp/9'].map(async (place) => outbound.connect(multiaddr(place), gone)))
  expect(asked).toEqual(['relay.test.example'])
})

describe('a proxy that does not do its work', () => {
  const cases: readonly (readonly [string, string, RegExp, string])[] = [
    ['asks for a password', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', /asks for a user and a password/u, 'ERR_PROXY'],
    ['forbids the port', 'HTTP/1.1 403 Forbidden\r\n\r\n', /lets nobody through to port 4001/u, 'ERR_PROXY'],
    ['cannot reach it', 'HTTP/1.0 502 Bad Gateway\r\n\r\n', /cannot reach it \(502\)\.$/u, 'ERR_PROXY'],
    ['sends elsewhere', 'HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n', /refuses to lead there \(302\)/u, 'ERR_PROXY'],
    ['is a mail server', '220 mail.example ESMTP\r\n\r\n', /gave no answer that makes sense/u, 'ERR_PROXY_DOWN'],
    ['answers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, /gave no answer that makes sense/u, 'ERR_PROXY_DOWN'],
    ['says nothing', '', /does not answer\.$/u, 'ERR_PROXY_DOWN']
  ]
  it.each(cases)('%s', async (_what, words, said, code) => {
    const talker = await startTalker(words)
    ends.push(talker.close)
    const start = performance.now()
    await expect(openTunnel({ host: '127.0.0.1', port: talker.port, secure: false }, 'relay.example', 4001, new AbortController().signal)).rejects.toMatchObject({ code, message: expect.stringMatching(said) as string })
    expect(performance.now() - start).toBeLessThan(6_000)
  })

  it('is not there', async () => {
    const talker = await startTalker('')
    await talker.close()
    await expect(openTunnel({ host: '127.0.0.1', port: talker.port, secure: false }, 'relay.example', 4001, new AbortController().signal)).rejects.toThrow(/cannot be reached\.$/u)
  })

  it('hands over what came right behind its answer', async () => {
    const talker = await startTalker('HTTP/1.1 200 OK\r\n\r\nfirst words')
    ends.push(talker.close)
    const socket = await openTunnel({ host: '127.0.0.1', port: talker.port, secure: false }, 'relay.example', 4001, new AbortController().signal)
    const words = await new Promise<string>((resolve) => { socket.once('data', (data: Buffer) => { resolve(data.toString()) }) })
    expect(words).toBe('first words')
    socket.destroy()
  })
})

describe('where several ways are named', () => {
  const gone = async (): Promise<number> => {
    const talker = await startTalker('')
    await talker.close()
    return talker.port
  }
  const at = (port: number, secure = false): Proxy => ({ host: '127.0.0.1', port, secure })
  const place = async (): Promise<Multiaddr> => {
    const talker = await startTalker('here')
    ends.push(talker.close)
    return multiaddr(`/dns4/relay.test.example/tcp/${String(talker.port)}`)
  }
  const goes = async (outbound: Outbound, address: Multiaddr): Promise<string | undefined> => {
    (await outbound.connect(address, AbortSignal.timeout(6_000))).destroy()
    return outbound.proxyOf(address)
  }

  it('they are tried in their order, and one that is not there comes last for a while', async () => {
    const [proxy, other, dead] = await Promise.all([startProxy(), startProxy(), gone()])
    ends.push(proxy.close, other.close)
    const outbound = new Outbound(async () => [at(dead), at(proxy.port), at(other.port), 'direct'])
    const address = await place()
    expect(await goes(outbound, address)).toBe(`127.0.0.1:${String(proxy.port)}`)
    await proxy.close()
    expect(await goes(outbound, address)).toBe(`127.0.0.1:${String(other.port)}`)
    expect(other.asked).toHaveLength(1)
  })

  it('one that says nothing is given up in time for the next, and not waited for again', async () => {
    const [silent, proxy] = await Promise.all([startTalker(''), startProxy()])
    ends.push(silent.close, proxy.close)
    // TLS that is never answered: the proxy itself is not there.
    const outbound = new Outbound(async () => [at(silent.port, true), at(proxy.port)])
    const address = await place()
    const start = performance.now()
    expect(await goes(outbound, address)).toBe(`127.0.0.1:${String(proxy.port)}`)
    expect(performance.now() - start).toBeGreaterThan(1_900)
    const again = performance.now()
    await goes(outbound, address)
    expect(performance.now() - again).toBeLessThan(1_000)
  })

  it('straight is one of them', async () => {
    const dead = await gone()
    const outbound = new Outbound(async () => [at(dead), 'direct'])
    await expect(goes(outbound, multiaddr('/dns4/nobody.invalid/tcp/9'))).rejects.toMatchObject({
      errors: [{ code: 'ERR_PROXY_DOWN' }, { syscall: 'getaddrinfo' }]
    })
  })

  it('one that refuses has the last word', async () => {
    const [asking, open] = await Promise.all([startProxy({ authorization: 'Basic YTpi' }), startProxy()])
    ends.push(asking.close, open.close)
    const outbound = new Outbound(async () => [at(asking.port), at(open.port)])
    await expect(goes(outbound, await place())).rejects.toMatchObject({ code: 'ERR_PROXY' })
    expect(open.asked).toEqual([])
  })

  it('where none works, the first one’s trouble is said', async () => {
    const dead = await gone()
    const outbound = new Outbound(async () => [at(dead), at(await gone())])
    const error: unknown = await outbound.connect(await place(), AbortSignal.timeout(6_000)).then(() => undefined, (cause: unknown) => cause)
    expect(relayTrouble(error)).toBe(`The proxy 127.0.0.1:${String(dead)} cannot be reached.`)
  })
})

describe('a proxy that is spoken to inside TLS', () => {
  const secureProxy = async (name: string): Promise<TestProxy> => {
    const proxy = await startProxy({ tls: authority.read({ names: [name] }) })
    ends.push(proxy.close)
    return proxy
  }
  const ask = async (port: number): Promise<Socket> => openTunnel({ host: 'localhost', port, secure: true }, 'relay.test.example', port, new AbortController().signal)

  it('leads to a relay with TLS of its own', async () => {
    const proxy = await secureProxy('DNS:localhost')
    const { relay, address } = await startRelay('/ip4/127.0.0.1/tcp/0/tls/ws')
    const node = await desktop(address, async () => [{ host: 'localhost', port: proxy.port, secure: true }])
    await until(() => node.reachability.relays[0]?.state === 'reserved', 10_000, 'a place on the relay')
    expect(node.reachability.relays[0]).toMatchObject({ peerId: relay.peerId, detail: `It listens for us, through the proxy localhost:${String(proxy.port)}.` })
  })

  it('is told nothing where its certificate is for another name, or where it speaks none', async () => {
    const [wrong, plain] = await Promise.all([secureProxy('DNS:other.example'), startProxy()])
    ends.push(plain.close)
    await expect(ask(wrong.port)).rejects.toThrow(/^The certificate of the proxy localhost:\d+ is none that this computer trusts\.$/u)
    await expect(ask(plain.port)).rejects.toThrow(/^The proxy localhost:\d+ speaks no TLS\.$/u)
    expect([...wrong.asked, ...plain.asked]).toEqual([])
  })
})

it('looks each name up once at a time, and says in time that there is no answer', async () => {
  const find = async (name: string): Promise<string> => new Promise((resolve) => {
    boundedLookup(name, { all: false }, (error, address) => { resolve(error === null && typeof address === 'string' ? address : (error?.code ?? '')) })
  })
  expect(await find('localhost')).toMatch(/^(?:127\.0\.0\.1|::1)$/u)
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => find(`nobody-${String(i % 4)}.invalid`)))
  expect(answers.filter((answer) => answer !== 'ENOTFOUND' && answer !== 'EAI_AGAIN')).toEqual([])
})
