import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { root } from '../../resources/tools/paths.mjs'
import { buildRelay } from '../../resources/tools/relay-build.mjs'
import { candidate, met, relayOf, reserved, startDesktop, talk } from '../net/support/desktops.ts'
import { freePort } from '../net/relay/command.ts'
import { TestNet } from '../net/support/test-net.ts'
import { until } from './support/agent-process.ts'
import { choosePlace, startPebble, type Pebble, type PebblePlace } from './support/pebble.ts'

// The relay as people start it, with a file, and an authority that speaks ACME; desktops reach it by the name that its
// certificate is for.

const NAME = 'relay.test.example'
/** Seconds that a certificate lasts; it is due after 40. */
const LASTS = 60
const net = new TestNet()
let folder = ''
let place: PebblePlace
let authority: Pebble
let relay: ChildProcess | undefined
let [out, err] = ['', '']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-acme-command-'))
  place = await choosePlace(join(folder, 'pebble'))
  authority = await startPebble(place, LASTS)
  // Where OpenSSL, and with it Node, looks for what the system trusts; read at the first dial.
  process.env['SSL_CERT_FILE'] = join(folder, 'root.pem')
  await writeFile(process.env['SSL_CERT_FILE'], await authority.root())
  // For desktops too the name leads where it leads for the authority.
  const system = dns.lookup
  dns.lookup = Object.assign((name: string, ...rest: unknown[]) => { Reflect.apply(system, dns, [name === NAME ? 'localhost' : name, ...rest]) }, system)
  syncBuiltinESMExports()
})
afterEach(async () => {
  await net.stop()
  if (relay?.exitCode === null && relay.signalCode === null) {
    const ended = once(relay, 'exit')
    relay.kill('SIGKILL')
    await ended
  }
})
afterAll(async () => {
  await authority.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Starts a relay by a file; gives its address, by name. */
async function start (program: string): Promise<{ readonly id: string, readonly address: string, readonly port: number }> {
  const home = await mkdtemp(join(folder, 'relay-'))
  const [file, port] = [join(home, 'relay.toml'), await freePort()]
  await writeFile(file, `listen = ["/ip4/127.0.0.1/tcp/${String(port)}/tls/ws"]
data = "${home}/data"
json = true
[tls]
acme-domains = ["${NAME}"]
acme-email = "somebody@example.org"
acme-directory = "${authority.directory}"
acme-port = ${String(authority.challengePort)}
acme-ca = "${authority.ca}"
`)
  ;[out, err] = ['', '']
  const child = spawn(process.execPath, [program, '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  relay = child
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
  const said = (): string => out + err
  await until('its addresses', 30_000, async () => Promise.resolve(out.includes('\n')), said)
  const { peerId: id, multiaddrs: [address = ''] } = JSON.parse(out.split('\n')[0] ?? '') as { peerId: string, multiaddrs: string[] }
  expect(address).toBe(`/dns4/${NAME}/tcp/${String(port)}/tls/ws/p2p/${id}`)
  await until('a certificate', 60_000, async () => await shown(port) !== undefined, said)
  return { id, address, port }
}

/** The serial number of the certificate that is shown; undefined: none is. */
async function shown (port: number): Promise<string | undefined> {
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

it('the relay gets a certificate, and renews it while its people stay; new ones get the new one', async () => {
  const { id, address, port } = await start(join(root, 'main/relay/index.ts'))
  const got = Date.now()
  const [a, b] = [await startDesktop(net, { relays: [candidate(address)] }), await startDesktop(net, { relays: [candidate(address)] })]
  for (const person of [a, b]) await reserved(person, { id }, 20_000)
  await met(a, b, 'circuit', 20_000)
  await talk(a, b, 'before', 10_000)
  const [first, since] = [await shown(port), [a, b].map((person) => relayOf(person, { id })?.since)]
  // Not due yet: nothing is asked of the authority.
  relay?.kill('SIGHUP')
  await until('the reload', 10_000, async () => Promise.resolve(out.includes('"reloaded"')))
  expect(await shown(port)).toBe(first)
  await new Promise((resolve) => { setTimeout(resolve, got + LASTS * 2_000 / 3 + 2_000 - Date.now()) })
  relay?.kill('SIGHUP')
  await until('another certificate', 15_000, async () => await shown(port) !== first, () => out + err)
  const c = await startDesktop(net, { relays: [candidate(address)] })
  await reserved(c, { id }, 20_000)
  await talk(a, b, 'after', 10_000)
  expect([a, b].map((person) => relayOf(person, { id })?.since)).toEqual(since)
  expect(authority.given()).toBe(2)
  expect(out + err).not.toContain('The authority')
})

it('the relay that packages hold gets one too', async () => {
  await buildRelay(join(folder, 'built'))
  const { id, address } = await start(join(folder, 'built/natter-relay.mjs'))
  const person = await startDesktop(net, { relays: [candidate(address)] })
  await reserved(person, { id }, 20_000)
})
