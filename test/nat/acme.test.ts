import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { generateIdentity } from '../../main/node/identity.ts'
import { createRelayNode, type RelayNode } from '../../main/node/relay/relay-node.ts'
import { ServerCertificate } from '../../main/node/transports/server-certificate.ts'
import type { TlsConfig } from '../../main/relay/config/types.ts'
import { openAcme } from '../../main/relay/tls/acme.ts'
import type { CertificateSource } from '../../main/relay/tls/source.ts'
import { until } from './support/agent-process.ts'
import { choosePlace, startPebble, type Pebble, type PebblePlace } from './support/pebble.ts'

// The relay and an authority that speaks ACME, on loopback: pebble is among what the NAT tests need.

const NAME = 'relay.test.example'
const ends: (() => Promise<unknown>)[] = []
let folder = ''
let place: PebblePlace
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-acme-'))
  place = await choosePlace(join(folder, 'pebble'))
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await rm(folder, { recursive: true, force: true })
})

/** Seconds that a certificate lasts where nobody waits for its end. */
const LONG = 3_600

async function pebble (seconds: number): Promise<Pebble> {
  const started = await startPebble(place, seconds)
  ends.push(started.stop)
  return started
}

interface Running {
  readonly source: CertificateSource
  readonly relay: RelayNode
  readonly said: readonly string[]
  /** The serial number of the certificate that is shown; undefined: none is. */
  readonly shown: () => Promise<string | undefined>
}

async function start (config: Partial<Extract<TlsConfig, { kind: 'acme' }>>, times = { first: 500, last: 2_000, look: 300 }): Promise<Running> {
  const said: string[] = []
  const certificate = new ServerCertificate()
  const source = await openAcme({
    kind: 'acme', domains: [NAME], email: 'somebody@example.org', directory: `https://localhost:${String(place.ports[0])}/dir`, challengePort: place.ports[2], ca: join(place.folder, 'ca.pem'), ...config
  }, folder, { say: (message) => { said.push(message) }, onCertificate: (pair) => { certificate.set(pair) } }, times)
  if (source.current !== undefined) certificate.set(source.current)
  const relay = await createRelayNode({ privateKey: await generateIdentity(), listen: ['/ip4/127.0.0.1/tcp/0/tls/ws', '/ip4/127.0.0.1/tcp/0'], certificate })
  ends.push(relay.stop, source.close)
  await relay.start()
  source.start()
  const port = Number(multiaddr(relay.multiaddrs.find((address) => address.includes('/tls/ws'))).getComponents()[1]?.value)
  return {
    source, relay, said,
    shown: async () => {
      const socket = tls.connect({ host: '127.0.0.1', port, servername: NAME, rejectUnauthorized: false })
      try {
        await once(socket, 'secureConnect')
        return socket.getPeerCertificate().serialNumber
      } catch {
        return undefined
      } finally {
        socket.destroy()
      }
    }
  }
}

it('gets a certificate, keeps it for its owner only, and asks for none at the next start', async () => {
  const authority = await pebble(LONG)
  const first = await start({})
  const serial = await until('a certificate', 60_000, first.shown, () => first.said.join('\n'))
  expect(first.source.current?.names).toEqual([NAME])
  expect(authority.given()).toBe(1)
  for (const file of await readdir(join(folder, 'acme'))) {
    expect((await stat(join(folder, 'acme', file))).mode & 0o777).toBe(0o600)
  }
  expect((await stat(join(folder, 'acme'))).mode & 0o777).toBe(0o700)
  // It leads to the authority's root, so that browsers believe it.
  const root = await authority.root()
  const socket = tls.connect({ host: '127.0.0.1', port: Number(multiaddr(first.relay.multiaddrs.find((address) => address.includes('/tls/ws'))).getComponents()[1]?.value), servername: NAME, ca: root })
  await once(socket, 'secureConnect')
  expect(socket.authorized).toBe(true)
  socket.destroy()

  await first.source.close()
  const second = await start({})
  expect(await second.shown()).toBe(serial)
  expect(authority.given()).toBe(1)
  // Nobody listens where the authority asks once it has asked.
  await expect(fetch(`http://127.0.0.1:${String(place.ports[2])}/`)).rejects.toThrow()
})

it('renews it when two thirds of its life are over, without a restart', async () => {
  const authority = await pebble(12)
  const { shown, source, said } = await start({})
  const first = await until('a certificate', 60_000, shown, () => said.join('\n'))
  const until1 = source.current?.until ?? 0
  await until('another certificate', 60_000, async () => await shown() !== first, () => said.join('\n'))
  expect(authority.given()).toBeGreaterThanOrEqual(2)
  expect(source.current?.until).toBeGreaterThan(until1)
  expect(said).toEqual([])
})

it('runs without TLS while the authority is away, says so, and gets a certificate when it is back', async () => {
  // The files that it is trusted with are there before it is.
  await (await pebble(LONG)).stop()
  const { relay, shown, said } = await start({})
  await until('a word about it', 60_000, async () => Promise.resolve(said.length > 0))
  expect(said[0]).toMatch(/^The authority gave no certificate: .* Nobody reaches the relay with TLS before there is one; the next try is in/su)
  expect(await shown()).toBeUndefined()
  expect(relay.multiaddrs.some((address) => !address.includes('/tls/'))).toBe(true)
  const authority = await pebble(LONG)
  await until('a certificate', 90_000, async () => {
    const serial = await shown()
    return serial !== undefined && authority.given() === 1
  }, () => said.join('\n'))
})

it('says what the authority finds where the name does not lead here', async () => {
  await pebble(LONG)
  const { shown, said } = await start({ challengePort: place.ports[2] + 1 })
  await until('a word about it', 90_000, async () => Promise.resolve(said.length > 0))
  expect(said[0]).toMatch(/^The authority gave no certificate: .*connection refused/isu)
  expect(await shown()).toBeUndefined()
})
