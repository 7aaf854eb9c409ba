import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { Agent, get } from 'node:https'
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { TestAuthority } from '../../support/certificates.ts'
import { until } from './agent-process.ts'

/** An authority that speaks ACME: Debian's pebble, which is Let's Encrypt's own for tests, and its DNS, where every name is this computer. */
export interface Pebble {
  readonly directory: string
  /** PEM file that the directory is trusted with. */
  readonly ca: string
  /** The port on which it asks whether a name leads here. */
  readonly challengePort: number
  /** Certificates that it gave. */
  readonly given: () => number
  /** PEM of the root of what it gives. */
  readonly root: () => Promise<string>
  readonly stop: () => Promise<void>
}

/** Ports are chosen once, so that an authority that comes back is the same one. */
export interface PebblePlace {
  readonly folder: string
  readonly ports: readonly [number, number, number, number]
}

export async function choosePlace (folder: string): Promise<PebblePlace> {
  return { folder, ports: [await freePort(), await freePort(), await freePort(), await freePort()] }
}

/** @param seconds that its certificates last */
export async function startPebble ({ folder, ports: [listen, management, challengePort, dns] }: PebblePlace, seconds: number): Promise<Pebble> {
  await mkdir(folder, { recursive: true })
  const authority = new TestAuthority(folder)
  const { cert, key } = authority.issue({ names: ['DNS:localhost', 'IP:127.0.0.1'] })
  const config = join(folder, 'pebble.json')
  await writeFile(config, JSON.stringify({
    pebble: {
      listenAddress: `127.0.0.1:${String(listen)}`, managementListenAddress: `127.0.0.1:${String(management)}`, certificate: cert, privateKey: key,
      httpPort: challengePort, tlsPort: challengePort, ocspResponderURL: '', externalAccountBindingRequired: false, certificateValidityPeriod: seconds
    }
  }))
  let output = ''
  const children: ChildProcess[] = [
    spawn('pebble-challtestsrv', ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-dns01', `127.0.0.1:${String(dns)}`, '-http01', '', '-https01', '', '-tlsalpn01', '', '-management', ''], { stdio: 'ignore' }),
    // Without its pauses of up to 15 s before it asks; its refusals of one nonce in twenty stay.
    spawn('pebble', ['-config', config, '-dnsserver', `127.0.0.1:${String(dns)}`], { env: { ...process.env, PEBBLE_VA_NOSLEEP: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
  ]
  for (const stream of [children[1]?.stdout, children[1]?.stderr]) {
    stream?.on('data', (data: Buffer) => { output += data.toString() })
  }
  const agent = new Agent({ ca: await readFile(authority.cert, 'utf8') })
  await until('pebble', 20_000, async () => {
    try {
      return await read(`https://localhost:${String(listen)}/dir`, agent)
    } catch {
      return undefined
    }
  }, () => output)
  return {
    directory: `https://localhost:${String(listen)}/dir`,
    ca: authority.cert,
    challengePort,
    given: () => output.split('Issued certificate serial').length - 1,
    root: async () => read(`https://localhost:${String(management)}/roots/0`, agent),
    stop: async () => {
      await Promise.all(children.map(async (child) => {
        if (child.exitCode === null && child.signalCode === null) {
          const ended = once(child, 'exit')
          child.kill('SIGKILL')
          await ended
        }
      }))
    }
  }
}

async function read (url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('end', () => { resolve(text) })
    }).on('error', reject)
  })
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}
