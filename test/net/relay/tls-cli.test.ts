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
import { until } from '../support/until.ts'

const ENTRY = fileURLToPath(new URL('../../../main/relay/index.ts', import.meta.url))

let folder = ''
let child: ChildProcessWithoutNullStreams | undefined
let [out, err] = ['', '']
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'natter-tls-cli-')) })
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

function start (...args: string[]): ChildProcessWithoutNullStreams {
  [out, err] = ['', '']
  const started = spawn(process.execPath, [ENTRY, '--data', join(folder, 'data'), '--json', '--listen', '/ip4/127.0.0.1/tcp/0/tls/ws', ...args])
  started.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  started.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
  child = started
  return started
}

async function serialAt (port: number): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

it('SIGHUP reads the certificate again, and says what is wrong with it', async () => {
  const authority = new TestAuthority(folder)
  const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const put = async (): Promise<void> => {
    const { cert, key } = authority.issue({ names: ['IP:127.0.0.1'] })
    await copyFile(key, paths.key)
    await copyFile(cert, paths.cert)
  }
  await put()
  const relay = start('--tls-cert', paths.cert, '--tls-key', paths.key)
  await until(() => out.includes('\n') || relay.exitCode !== null, 20_000, 'the relay listens')
  const port = Number(/\/tcp\/(?<port>\d+)\/tls\/ws/u.exec(out)?.groups?.['port'])
  const first = await serialAt(port)
  await put()
  relay.kill('SIGHUP')
  await until(async () => await serialAt(port) !== first, 5_000, 'another certificate is shown, well before the next look at the files')
  const second = await serialAt(port)
  await writeFile(paths.cert, 'rubbish')
  relay.kill('SIGHUP')
  await until(() => out.includes('holds no certificate in PEM'), 5_000, 'it is said')
  expect(await serialAt(port)).toBe(second)
})

it('a certificate that is no use ends the start, in a sentence', async () => {
  const { cert } = new TestAuthority(folder).issue({ names: ['DNS:a'] })
  const [code] = await once(start('--tls-cert', cert, '--tls-key', join(folder, 'nothing')), 'exit') as [number]
  expect(code).toBe(2)
  expect(err).toBe(`${join(folder, 'nothing')} cannot be read: there is no such file.\n`)
})
