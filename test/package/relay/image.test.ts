import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { relayNodeFlags } from '../../../resources/tools/relay-flags.mjs'
import { allOf, judgeBill } from '../../support/sbom.ts'
import { openNetwork, type Network } from '../support/network.ts'
import { unpackImage, type UnpackedImage } from './support/image.ts'
import { relayPackage } from './support/packages.ts'
import { expectMeeting, runRelay, type RunningRelay } from './support/running.ts'

// The container image, run from its own root, by its own entry point, as its own user, with its own environment.

let image: UnpackedImage
let network: Network
let running: RunningRelay | undefined

beforeAll(async () => {
  image = unpackImage(relayPackage('-docker.tar'))
  network = await openNetwork()
})
afterAll(async () => {
  await running?.end()
  await network.close()
  image.remove()
})

it('holds Node, the libraries that it is linked with, and the relay; no shell', () => {
  expect(readdirSync(join(image.folder, 'usr/lib')).filter((name) => !name.endsWith('-linux-gnu'))).toEqual(['natter-relay'])
  expect(['bin/sh', 'usr/bin/sh', 'usr/bin'].filter((path) => existsSync(join(image.folder, path)))).toEqual([])
  expect(readFileSync(join(image.folder, 'usr/lib/natter-relay/LICENSES.libraries.txt'), 'utf8')).toMatch(/^libp2p \d/m)
  expect(existsSync(join(image.folder, 'usr/share/doc/libc6/copyright'))).toBe(true)
})

it('has a bill of all that is in it, Node and Debian\'s libraries included', () => {
  const { bill, problems } = judgeBill(readFileSync(join(image.folder, 'usr/lib/natter-relay/sbom.cdx.json'), 'utf8'))
  expect(problems).toEqual([])
  const parts = allOf(bill.components).map(({ name }) => name)
  for (const name of ['libp2p', 'node', 'openssl', 'v8', 'sqlite', 'better-sqlite3-multiple-ciphers', 'libc6', 'libgcc-s1', 'libstdc++6']) expect(parts).toContain(name)
})

it('belongs to root but for its data, which the relay alone reads', () => {
  const others = execFileSync('find', [image.folder, '-not', '-user', '0', '-printf', '/%P\n'], { encoding: 'utf8' }).trim()
  expect(others).toBe('/data')
  const { uid, mode } = statSync(join(image.folder, 'data'))
  expect({ uid, mode: mode & 0o777 }).toEqual({ uid: 65_532, mode: 0o700 })
})

it('says how it is run', () => {
  expect(image.config).toMatchObject({ User: '65532:65532', StopSignal: 'SIGTERM', Volumes: { '/data': {} } })
  expect(image.config.Entrypoint.slice(1, -1)).toEqual(relayNodeFlags)
  expect(image.config.Healthcheck.Test).toEqual(['CMD', ...image.config.Entrypoint, '--health-check'])
  expect(Object.keys(image.config.ExposedPorts).sort()).toEqual(['4001/tcp', '443/tcp', '80/tcp'])
})

it('runs, serves people who meet through it, and is well by its own health check', async () => {
  const { Entrypoint, Healthcheck } = image.config
  running = await runRelay([...network.enter, ...image.enter, ...Entrypoint, '--listen', '/ip4/127.0.0.1/tcp/4001', '--json', '--keep-history', '30d'], { env: image.env })
  expect(running.addresses).toEqual([`/ip4/127.0.0.1/tcp/4001/p2p/${running.peerId}`])
  expectMeeting(running.addresses[0] ?? '', network.enter)
  expect(readdirSync(join(image.folder, 'data')).sort()).toEqual(expect.arrayContaining(['history.db', 'identity.key']))
  const [how, ...check] = Healthcheck.Test
  expect(how).toBe('CMD')
  const ask = (): number | null => {
    const [program = '', ...args] = [...network.enter, ...image.enter, ...check]
    return spawnSync(program, args, { env: image.env }).status
  }
  expect(ask()).toBe(0)
  await running.end()
  expect(ask()).toBe(1)
})

it('is in both archives, the one that docker loads and the one that podman and skopeo read', () => {
  const files = execFileSync('tar', ['-tf', relayPackage('-oci.tar')], { encoding: 'utf8' })
  expect(files).toContain('oci-layout')
  const index = JSON.parse(execFileSync('tar', ['-xOf', relayPackage('-oci.tar'), 'index.json'], { encoding: 'utf8' })) as { manifests: { mediaType: string }[] }
  expect(index.manifests.map(({ mediaType }) => mediaType)).toEqual(['application/vnd.oci.image.manifest.v1+json'])
})
