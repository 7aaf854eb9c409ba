import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls, { type SecureVersion } from 'node:tls'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateIdentity } from '../../../main/node/identity.ts'
import { createRelayNode } from '../../../main/node/relay/relay-node.ts'
import { secure } from '../../../main/node/transports/sockets.ts'
import { ServerCertificate } from '../../../main/node/transports/server-certificate.ts'
import { TestAuthority } from '../../support/certificates.ts'

/** Authenticated encryption with forward secrecy, as OpenSSL names it. */
const GOOD = /^(?:tls_|ecdhe-(?:ecdsa|rsa)-)(?:aes|chacha20)[\w-]*(?:gcm|poly1305)/u

const ends: (() => Promise<void> | void)[] = []
let authority: TestAuthority
let port = 0

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'natter-suites-'))
  ends.push(() => { rmSync(folder, { recursive: true, force: true }) })
  authority = new TestAuthority(folder)
  const paths = authority.issue({ names: ['DNS:localhost'] })
  const certificate = new ServerCertificate()
  certificate.set({ cert: readFileSync(paths.cert, 'utf8'), key: readFileSync(paths.key, 'utf8') })
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0/tls/ws'], certificate })
  ends.push(relay.stop)
  await relay.start()
  port = Number(multiaddr(relay.multiaddrs[0]).getComponents()[1]?.value)
  // A renewal makes the server's context anew.
  certificate.set({ cert: readFileSync(paths.cert, 'utf8'), key: readFileSync(paths.key, 'utf8') })
})
afterAll(async () => { for (const end of ends.splice(0).reverse()) await end() })

/** What a relay agrees to with a client that offers so little: suite and version, or why not. */
async function agreed (ciphers: string, maxVersion: SecureVersion = 'TLSv1.2'): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion, ciphers })
  try {
    await once(socket, 'secureConnect')
    return `${socket.getCipher().name} ${socket.getProtocol() ?? ''}`
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.on('error', () => {}).destroy()
  }
}

describe('a relay\'s TLS', () => {
  it('takes no suite of TLS 1.2 but those with authenticated encryption and forward secrecy', async () => {
    const suites = tls.getCiphers().filter((name) => !name.startsWith('tls_') && !name.includes('psk'))
    const taken: string[] = []
    for (const suite of suites) {
      const answer = await agreed(`${suite.toUpperCase()}:@SECLEVEL=0`)
      if (answer.endsWith('TLSv1.2')) taken.push(suite)
    }
    expect(taken.filter((name) => !GOOD.test(name))).toEqual([])
    // The certificate is of ECDSA.
    expect(taken.toSorted()).toEqual(['ecdhe-ecdsa-aes128-gcm-sha256', 'ecdhe-ecdsa-aes256-gcm-sha384', 'ecdhe-ecdsa-chacha20-poly1305'])
  })

  it('speaks 1.3 with whoever can, and nothing older than 1.2', async () => {
    expect(await agreed('TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256', 'TLSv1.3')).toBe('TLS_AES_128_GCM_SHA256 TLSv1.3')
    for (const old of ['TLSv1', 'TLSv1.1'] as const) expect(await agreed('ALL:@SECLEVEL=0', old)).toMatch(/^E/u)
  })
})

describe('the TLS that we dial with', () => {
  /** The suites that a client offers, by number, from the first message it sends (RFC 8446, section 4.1.2). */
  async function offered (): Promise<readonly number[]> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const connection = once(server, 'connection') as Promise<[Socket]>
    const abort = new AbortController()
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const dialling = secure(socket, 'localhost', abort.signal).catch(() => {})
    const [other] = await connection
    const [hello] = await once(other, 'data') as [Buffer]
    abort.abort()
    await dialling
    other.destroy()
    server.close()
    // Record header, handshake header, version, random; then a session id and the suites, each with its length in front.
    const session = 5 + 4 + 2 + 32
    const begin = session + 1 + (hello[session] ?? 0)
    const length = hello.readUInt16BE(begin)
    return Array.from({ length: length / 2 }, (_, n) => hello.readUInt16BE(begin + 2 + 2 * n))
  }

  it('offers the same suites and no others', async () => {
    // IANA's numbers, and the signal that no renegotiation is insecure (0x00ff).
    const allowed = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9]
    expect([...await offered()].filter((suite) => suite !== 0x00ff).toSorted((a, b) => a - b)).toEqual(allowed)
  })
})
