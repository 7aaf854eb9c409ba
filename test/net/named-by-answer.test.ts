import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createNotices } from '../../main/desktop/notices.ts'
import { createRelaySources } from '../../main/desktop/relay-sources/relay-sources.ts'
import { generateIdentity } from '../../main/node/identity.ts'
import { createRelayNode, type RelayNode } from '../../main/node/relay/relay-node.ts'
import { readRelayName, type RelayName } from '../../main/node/relays/relay-name.ts'
import { resolveRelayName, type NamedRelays } from '../../main/node/relays/resolve-relay-name.ts'
import { createWhoAnswers } from '../../main/node/relays/who-answers.ts'
import { ServerCertificate } from '../../main/node/transports/server-certificate.ts'
import { openCertificateFiles } from '../../main/relay/tls/certificate-files.ts'
import { createSettings } from '../../main/settings/settings.ts'
import { TestAuthority } from '../support/certificates.ts'
import { startProxy, type TestProxy } from '../support/connect-proxy.ts'
import { relayOf, startDesktop } from './support/desktops.ts'
import { TestNet } from './support/test-net.ts'
import { until } from './support/until.ts'

// Networks where DNS tells nothing of relays, and only the proxy knows the way to their names.

const NAME = 'relay.test.example'
const net = new TestNet()
let folder = ''
const certificate = new ServerCertificate()
let endProxy: (() => Promise<void>) | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-named-'))
  const authority = new TestAuthority(folder)
  process.env['SSL_CERT_FILE'] = authority.cert
  const { current } = await openCertificateFiles(authority.issue({ names: [`DNS:${NAME}`] }), { say: () => {}, onCertificate: () => {} })
  if (current !== undefined) certificate.set(current)
})
afterEach(async () => {
  await net.stop()
  await endProxy?.()
  endProxy = undefined
})
afterAll(async () => { await rm(folder, { recursive: true, force: true }) })

async function startRelay (listen = '/ip4/127.0.0.1/tcp/0/tls/ws'): Promise<{ readonly relay: RelayNode, readonly id: string, readonly port: number }> {
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: [listen], certificate })
  net.atEnd(relay.stop)
  await relay.start()
  return { relay, id: relay.peerId, port: Number(multiaddr(relay.multiaddrs[0]).getComponents()[1]?.value) }
}

/** A proxy behind whose name's port 443 the relay is. */
async function proxyTo (port: number): Promise<TestProxy> {
  await endProxy?.()
  const proxy = await startProxy({ ports: { 443: port } })
  endProxy = proxy.close
  return proxy
}

const silent = async (): Promise<never> => Promise.reject(Object.assign(new Error('queryTxt'), { code: 'ETIMEOUT' }))
const through = (port: number) => async () => Promise.resolve([{ host: '127.0.0.1', port, secure: false }])
const look = async (text: string, proxy: number): Promise<NamedRelays> => resolveRelayName(readRelayName(text) as RelayName, { lookUpText: silent, resolve: async () => [], whoAnswers: createWhoAnswers(through(proxy)) })

describe('a name that no DNS tells anything of', () => {
  it('stands for the relay that answers at it, in TLS at port 443, through the proxy', async () => {
    const { relay, port } = await startRelay()
    const proxy = await proxyTo(port)
    const relays = [{ peerId: relay.peerId, addresses: [`/dns/${NAME}/tcp/443/tls/ws/p2p/${relay.peerId}`] }]
    expect(await look(NAME, proxy.port)).toEqual({ kind: 'found', relays, partial: true })
    expect(await look(`/dnsaddr/${NAME}/p2p/${relay.peerId}`, proxy.port)).toMatchObject({ relays })
    expect(proxy.asked).toEqual([`${NAME}:443`, `${NAME}:443`])
    // Who asked is gone again, and was nobody whom the relay knows.
    await until(() => relay.stats.connections === 0, 5_000, 'the connections that asked to be closed')
  })

  it('stands for the one at the port that it names', async () => {
    const { relay, port } = await startRelay()
    const proxy = await proxyTo(port)
    expect(await look(`${NAME}:${String(port)}`, proxy.port)).toMatchObject({ relays: [{ addresses: [`/dns/${NAME}/tcp/${String(port)}/tls/ws/p2p/${relay.peerId}`] }] })
  })

  it.each([
    ['for another name, whose certificate this is not', 'other.test.example', undefined, /Its certificate is for another name\.$/u],
    ['for one relay, which another answers for', `/dnsaddr/${NAME}/p2p/12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhx7Qk`, undefined, /Another peer answers there\.$/u],
    ['where nobody speaks TLS', NAME, '/ip4/127.0.0.1/tcp/0', /speaks no TLS there\.$/u]
  ])('stands for none %s', async (_what, text, listen, words) => {
    const { port } = await startRelay(listen)
    const proxy = await proxyTo(port)
    const found = await look(text, proxy.port)
    expect(found).toMatchObject({ kind: 'failed', words: expect.stringMatching(/^The DNS of this network does not answer for (?:relay|other)\.test\.example, and none was found at wss:\/\/(?:relay|other)\.test\.example:443\. \S/u) as string })
    expect(found).toMatchObject({ words: expect.stringMatching(words) as string })
  })

  it('says what the proxy said', async () => {
    const proxy = await proxyTo(1)
    expect(await look(NAME, proxy.port)).toMatchObject({ kind: 'failed', words: expect.stringMatching(/The proxy 127\.0\.0\.1:\d+ cannot reach it \(502\)\.$/u) as string })
  })
})

it('a desktop that knows nothing but a name gets a place through the proxy; the name is not followed to another relay unasked', async () => {
  const relay = await startRelay()
  const ports: Record<number, number> = { 443: relay.port }
  const proxy = await startProxy({ ports })
  endProxy = proxy.close
  const settings = createSettings()
  const desktop = await startDesktop(net, { proxyFor: through(proxy.port) })
  const pushes = { push: () => {} }
  const notices = createNotices(pushes)
  const sources = createRelaySources({ settings, pushes, notices, node: () => desktop.node, lookUp: async ({ text }) => look(text, proxy.port) })
  sources.start()
  net.atEnd(sources.stop)
  await sources.addName(readRelayName(NAME) as RelayName)
  await until(() => relayOf(desktop, relay)?.state === 'reserved', 15_000, 'a place on the relay')
  expect(relayOf(desktop, relay)).toMatchObject({ detail: `It listens for us, through the proxy 127.0.0.1:${String(proxy.port)}.`, source: { kind: 'name', name: NAME } })

  const other = await startRelay()
  ports[443] = other.port
  await relay.relay.stop()
  await until(() => relayOf(desktop, other)?.state === 'asking', 30_000, 'the other relay to wait for the person')
  expect(notices.all()).toMatchObject([{ id: 'relay-name' }])
  expect(settings.stored().relayNames[0]?.agreed).toEqual([relay.id])
})
