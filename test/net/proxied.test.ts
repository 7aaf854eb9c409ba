import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDesktopNode } from '../../main/node/desktop-node.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { createRelayNode, type RelayNode } from '../../main/node/relay/relay-node.ts'
import { boundedLookup } from '../../main/node/transports/lookup.ts'
import { Outbound } from '../../main/node/transports/outbound.ts'
import { ServerCertificate } from '../../main/node/transports/server-certificate.ts'
import { openTunnel } from '../../main/node/transports/tunnel.ts'
import type { ProxyFor } from '../../main/node/transports/types.ts'
import type { NatterNode } from '../../main/node/types.ts'
import { openCertificateFiles } from '../../main/relay/tls/certificate-files.ts'
import { TestAuthority } from '../support/certificates.ts'
import { startProxy, startTalker } from './support/connect-proxy.ts'
import { until } from './support/until.ts'

const ends: (() => Promise<void>)[] = []
let folder = ''
const certificate = new ServerCertificate()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-proxied-'))
  const authority = new TestAuthority(folder)
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
    const through: ProxyFor = async () => ({ host: '127.0.0.1', port: proxy.port, secure: false })
    const [a, b] = await Promise.all([desktop(address, through), desktop(address, through)])
    await until(() => a.people.onTopic('a topic').some(({ peerId, path }) => peerId === b.peerId && path.kind === 'circuit'), 15_000, 'a circuit through it')
    const words = `It listens for us, through the proxy 127.0.0.1:${String(proxy.port)}.`
    expect(a.reachability.relays[0]?.detail).toBe(words)
    expect(a.reachability.state.evidence.some(({ text }) => text.includes(words))).toBe(true)
    expect(proxy.asked).toContain(`relay.test.example:${String(multiaddr(address).getComponents()[1]?.value)}`)
  })
})

it('a proxy that asks for a password is told it, and only what it needs is said where it does not take it', async () => {
  const proxy = await startProxy('Basic YWRhOnNlY3JldA==')
  ends.push(proxy.close)
  const { address } = await startRelay('/ip4/127.0.0.1/tcp/0')
  const place = { host: '127.0.0.1', port: proxy.port, secure: false }
  const without = await desktop(address, async () => place)
  await until(() => without.reachability.relays[0]?.state === 'down', 10_000, 'it is turned away')
  expect(without.reachability.relays[0]?.detail).toBe(`The proxy 127.0.0.1:${String(proxy.port)} asks for a user and a password, or does not take these: set them in Settings → Network.`)
  const knowing = await desktop(address, async () => ({ ...place, authorization: 'Basic YWRhOnNlY3JldA==' }))
  await until(() => knowing.reachability.relays[0]?.state === 'reserved', 10_000, 'a place on the relay')
  expect(JSON.stringify(knowing.reachability)).not.toContain('YWRhOnNlY3JldA')
})

it('what is in this computer or its network is never asked of a proxy', async () => {
  const asked: string[] = []
  const outbound = new Outbound(async (host) => {
    asked.push(host)
    return Promise.resolve(undefined)
  })
  const gone = AbortSignal.timeout(50)
  const places = ['/ip4/127.0.0.1/tcp/9', '/ip4/192.168.7.7/tcp/9', '/ip4/10.1.2.3/tcp/9', '/ip6/::1/tcp/9', '/ip6/fe80::1/tcp/9', '/ip6/fd00::1/tcp/9', '/dns4/localhost/tcp/9', '/dns/printer/tcp/9', '/dns/nas.local/tcp/9']
  await Promise.allSettled([...places, '/dns4/relay.test.example/tcp/9'].map(async (place) => outbound.connect(multiaddr(place), gone)))
  expect(asked).toEqual(['relay.test.example'])
})

describe('a proxy that does not do its work', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['asks for a password', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', /asks for a user and a password/u],
    ['forbids the port', 'HTTP/1.1 403 Forbidden\r\n\r\n', /lets nobody through to port 4001/u],
    ['cannot reach it', 'HTTP/1.0 502 Bad Gateway\r\n\r\n', /cannot reach it \(502\)\.$/u],
    ['sends elsewhere', 'HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n', /refuses to lead there \(302\)/u],
    ['is a mail server', '220 mail.example ESMTP\r\n\r\n', /gave no answer that makes sense/u],
    ['answers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`, /gave no answer that makes sense/u],
    ['says nothing', '', /does not answer\.$/u]
  ]
  it.each(cases)('%s', async (_what, words, said) => {
    const talker = await startTalker(words)
    ends.push(talker.close)
    const start = performance.now()
    await expect(openTunnel({ host: '127.0.0.1', port: talker.port, secure: false }, 'relay.example', 4001, new AbortController().signal)).rejects.toMatchObject({ code: 'ERR_PROXY', message: expect.stringMatching(said) as string })
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

it('looks names up on two threads at most, and says in time that there is no answer', async () => {
  const find = async (name: string): Promise<string> => new Promise((resolve) => {
    boundedLookup(name, { all: false }, (error, address) => { resolve(error === null && typeof address === 'string' ? address : (error?.code ?? '')) })
  })
  expect(await find('localhost')).toMatch(/^(?:127\.0\.0\.1|::1)$/u)
  const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => find(`nobody-${String(i % 4)}.invalid`)))
  expect(answers.filter((answer) => answer !== 'ENOTFOUND' && answer !== 'EAI_AGAIN')).toEqual([])
})
