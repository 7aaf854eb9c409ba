import { once } from 'node:events'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import tls from 'node:tls'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createDesktopNode } from '../../../main/node/desktop-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { createRelayNode, type RelayNode } from '../../../main/node/relay/relay-node.ts'
import type { NatterNode } from '../../../main/node/types.ts'
import { openCertificateFiles } from '../../../main/relay/tls/certificate-files.ts'
import { openTls, type RelayTls } from '../../../main/relay/tls/index.ts'
import { TestAuthority } from '../../support/certificates.ts'
import { until } from '../support/until.ts'

const ends: (() => Promise<void>)[] = []
let folder = ''
let trusted: TestAuthority
let stranger: TestAuthority

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-tls-'))
  trusted = new TestAuthority(join(folder, 'trusted'))
  stranger = new TestAuthority(join(folder, 'stranger'))
  // Where OpenSSL, and with it Node, looks for what the system trusts; read at the first dial.
  process.env['SSL_CERT_FILE'] = trusted.cert
})
afterEach(async () => { await Promise.all(ends.splice(0).map(async (end) => end())) })
afterAll(async () => { await rm(folder, { recursive: true, force: true }) })

async function relayWith (paths: { readonly cert: string, readonly key: string }): Promise<{ readonly relay: RelayNode, readonly tls: RelayTls, readonly port: number, readonly address: string, readonly said: readonly string[] }> {
  const said: string[] = []
  const opened = await openTls({ kind: 'files', ...paths }, folder, (message) => { said.push(message) })
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0/tls/ws', '/ip4/127.0.0.1/tcp/0/ws'], certificate: opened.certificate })
  ends.push(async () => { await Promise.all([relay.stop(), opened.close()]) })
  await relay.start()
  const secure = relay.multiaddrs.filter((address) => address.includes('/tls/ws'))
  expect(secure).toHaveLength(1)
  const port = Number(multiaddr(secure[0]).getComponents()[1]?.value)
  return { relay, tls: opened, port, address: `/dns4/localhost/tcp/${String(port)}/tls/ws/p2p/${relay.peerId}`, said }
}

async function desktop (address: string): Promise<NatterNode> {
  const node = await createDesktopNode({
    privateKey: await generateIdentity(), protocol: 'gossipsub', listenPort: 0, mdns: false, beRelay: false, topics: ['a topic'], known: [],
    relays: [{ address, source: { kind: 'settings' }, approved: true }]
  })
  ends.push(async () => node.stop())
  return node
}

/** The serial number of the certificate that is shown, to somebody who names the relay and to somebody who does not. */
async function shown (port: number): Promise<readonly string[]> {
  return Promise.all([{ servername: 'localhost' }, {}].map(async (name) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...name })
    await once(socket, 'secureConnect')
    const { serialNumber } = socket.getPeerCertificate()
    socket.destroy()
    return serialNumber
  }))
}

describe('a relay on WebSocket with TLS', () => {
  it('is reached by its name, with a certificate that this computer trusts', async () => {
    const { address } = await relayWith(trusted.issue({ names: ['DNS:localhost'] }))
    const [a, b] = await Promise.all([desktop(address), desktop(address)])
    await until(() => a.people.onTopic('a topic').some(({ peerId, path }) => peerId === b.peerId && path.kind === 'circuit'), 15_000, 'a circuit through it')
    expect(a.reachability.relays[0]).toMatchObject({ state: 'reserved', detail: 'It listens for us.' })
  })

  it.each([
    ['another name', 'Its certificate is for another name.', () => trusted.issue({ names: ['DNS:relay.example.org'] })],
    ['a signature of a stranger', 'Nobody whom this computer trusts signed its certificate.', () => stranger.issue({ names: ['DNS:localhost'] })]
  ])('is refused with %s, which is said', async (_what, words, issue) => {
    const { address } = await relayWith(issue())
    const node = await desktop(address)
    await until(() => node.reachability.relays[0]?.state === 'down', 10_000, 'it is refused')
    expect(node.reachability.relays[0]?.detail).toBe(words)
  })

  it('takes another certificate while it runs, and drops nobody', async () => {
    const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    const put = async (pair: { readonly cert: string, readonly key: string }): Promise<void> => {
      await copyFile(pair.cert, paths.cert)
      await copyFile(pair.key, paths.key)
    }
    await put(trusted.issue({ names: ['DNS:localhost'] }))
    const { relay, tls: opened, port, address, said } = await relayWith(paths)
    const node = await desktop(address)
    await until(() => node.reachability.relays[0]?.state === 'reserved', 10_000, 'a place on it')
    const before = relay.components.connectionManager.getConnections().map(({ id }) => id)
    const first = await shown(port)
    expect(new Set(first).size).toBe(1)

    await put(trusted.issue({ names: ['DNS:localhost'] }))
    await opened.reload()
    const second = await shown(port)
    expect(new Set([...first, ...second]).size).toBe(2)
    expect(relay.components.connectionManager.getConnections().map(({ id }) => id)).toEqual(before)
    expect(node.reachability.relays[0]?.state).toBe('reserved')
    const later = await desktop(address)
    await until(() => later.reachability.relays[0]?.state === 'reserved', 10_000, 'a place with the new certificate')

    // Half a renewal: the certificate before stays.
    await writeFile(paths.cert, 'half a certif')
    await expect(opened.reload()).rejects.toThrow(/holds no certificate in PEM/u)
    expect(await shown(port)).toEqual(second)
    expect(said).toEqual([])
    // A listener without TLS speaks none, before and after.
    expect(relay.multiaddrs.filter((each) => each.includes('/tls/'))).toHaveLength(1)
  })

  it('says that it has no certificate as long as there is none', async () => {
    const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0/tls/ws'] })
    ends.push(relay.stop)
    await relay.start()
    const port = multiaddr(relay.multiaddrs[0]).getComponents()[1]?.value ?? ''
    const node = await desktop(`/dns4/localhost/tcp/${port}/tls/ws/p2p/${relay.peerId}`)
    await until(() => node.reachability.relays[0]?.state === 'down', 10_000, 'it is refused')
    expect(node.reachability.relays[0]?.detail).toBe('It has no certificate to show, or speaks no TLS there.')
  })

  it('is announced by the names of its certificate, not by its IP address', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: [`/ip4/127.0.0.1/tcp/${String(port)}/tls/ws`, '/ip4/127.0.0.1/tcp/0'], certificateNames: ['relay.example.org'] })
    ends.push(relay.stop)
    await relay.start()
    expect(relay.multiaddrs).toEqual([expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//u), `/dns4/relay.example.org/tcp/${String(port)}/tls/ws/p2p/${relay.peerId}`])
  })
})

describe('files that are no use are said in one sentence', () => {
  const events = { say: () => {}, onCertificate: () => {} }

  it.each([
    ['a key of another certificate', /is not the key of/u, () => ({ cert: trusted.issue({ names: ['DNS:a'] }).cert, key: trusted.issue({ names: ['DNS:a'] }).key })],
    ['a certificate that ran out', /ran out on \d{4}-\d{2}-\d{2}\.$/u, () => trusted.issue({ names: ['DNS:a'], days: -1 })],
    ['files in each other\'s place', /holds no certificate in PEM/u, () => {
      const { cert, key } = trusted.issue({ names: ['DNS:a'] })
      return { cert: key, key: cert }
    }],
    ['a file that is not there', /there is no such file\.$/u, () => ({ ...trusted.issue({ names: ['DNS:a'] }), key: join(folder, 'nothing') })],
    ['a folder', /it is a folder\.$/u, () => ({ ...trusted.issue({ names: ['DNS:a'] }), cert: folder })],
    ['a file without end', /longer than any certificate/u, () => ({ ...trusted.issue({ names: ['DNS:a'] }), cert: '/dev/zero' })]
  ])('%s', async (_what, words, paths) => {
    await expect(openCertificateFiles(paths(), events)).rejects.toThrow(words)
  })
})

it('files that change are read again by themselves, and a bad one is said', async () => {
  const paths = { cert: join(folder, 'watched.pem'), key: join(folder, 'watched.key') }
  const first = trusted.issue({ names: ['DNS:a'] })
  await copyFile(first.cert, paths.cert)
  await copyFile(first.key, paths.key)
  const said: string[] = []
  const came: string[] = []
  const source = await openCertificateFiles(paths, { say: (message) => { said.push(message) }, onCertificate: ({ cert }) => { came.push(cert) } }, 20)
  ends.push(source.close)
  source.start()
  await writeFile(paths.cert, 'rubbish')
  await until(() => said.length > 0, 5_000, 'it is said')
  expect(said[0]).toMatch(/^The certificate stays as it was: .*holds no certificate/u)
  const second = trusted.issue({ names: ['DNS:a'] })
  await copyFile(second.key, paths.key)
  await copyFile(second.cert, paths.cert)
  await until(() => came.length > 0, 5_000, 'the new one is taken')
  expect(source.current?.cert).toBe(came[0])
})
