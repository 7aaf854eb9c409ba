import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TestAuthority } from '../../support/certificates.ts'
import { candidate, relayOf, reserved, startDesktop, talk } from '../support/desktops.ts'
import { TestNet } from '../support/test-net.ts'
import { until } from '../support/until.ts'
import { freePort } from './command.ts'

const ENTRY = fileURLToPath(new URL('../../../main/relay/index.ts', import.meta.url))

const net = new TestNet()
let folder = ''
let port = 0
let child: ChildProcessWithoutNullStreams | undefined
let [out, err] = ['', '']
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-tls-cli-'))
  // Under the name of its certificate it tells the port that it was given, which is not to be 0.
  port = await freePort()
})
afterEach(async () => {
  await net.stop()
  if (child?.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

function start (...args: string[]): ChildProcessWithoutNullStreams {
  [out, err] = ['', '']
  const started = spawn(process.execPath, [ENTRY, '--data', join(folder, 'data'), '--json', '--listen', `/ip4/127.0.0.1/tcp/${String(port)}/tls/ws`, ...args])
  started.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  started.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
  child = started
  return started
}

async function serialAt (): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

it('SIGHUP reads the certificate again, for those who come and not for those who are there, and says what is wrong with it', async () => {
  const authority = new TestAuthority(folder)
  // Where OpenSSL, and with it Node, looks for what the system trusts; read at the first dial.
  process.env['SSL_CERT_FILE'] = authority.cert
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const put = async (): Promise<void> => {
    const { cert, key } = authority.issue({ names: ['DNS:localhost'] })
    await copyFile(key, paths.key)
    await copyFile(cert, paths.cert)
  }
  await put()
  const relay = start('--tls-cert', paths.cert, '--tls-key', paths.key)
  await until(() => out.includes('\n') || relay.exitCode !== null, 20_000, 'the relay listens')
  const first = await serialAt()
  const [, id = ''] = /"peerId":"(?<id>\w+)"/u.exec(out) ?? []
  const relays = [candidate(`/dns4/localhost/tcp/${String(port)}/tls/ws/p2p/${id}`)]
  const [a, b] = [await startDesktop(net, { relays }), await startDesktop(net, { relays })]
  for (const person of [a, b]) await reserved(person, { id }, 10_000)
  await talk(a, b, 'before', 10_000)
  const since = [a, b].map((person) => relayOf(person, { id })?.since)
  await put()
  relay.kill('SIGHUP')
  await until(async () => await serialAt() !== first, 5_000, 'another certificate is shown, well before the next look at the files')
  const second = await serialAt()
  const later = await startDesktop(net, { relays })
  await reserved(later, { id }, 10_000)
  await talk(a, b, 'after', 10_000)
  expect([a, b].map((person) => relayOf(person, { id })?.since)).toEqual(since)
  await writeFile(paths.cert, 'rubbish')
  relay.kill('SIGHUP')
  await until(() => out.includes('holds no certificate in PEM'), 5_000, 'it is said')
  expect(await serialAt()).toBe(second)
})

it('a certificate that is no use ends the start, in a sentence', async () => {
  const { cert } = new TestAuthority(folder).issue({ names: ['DNS:a'] })
  const [code] = await once(start('--tls-cert', cert, '--tls-key', join(folder, 'nothing')), 'exit') as [number]
  expect(code).toBe(2)
  expect(err).toBe(`${join(folder, 'nothing')} cannot be read: there is no such file.\n`)
})
