import { createServer } from 'node:net'
import { getNetConfig } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { ConfigError } from './config/config-error.ts'
import { DEFAULT_LISTEN } from './config/keys.ts'

/** What systems without IPv6 say to it. */
const NO_SUCH_NETWORK = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT']

/**
 * The addresses to listen on, each tried beforehand: libp2p says only that
 * something failed, and not at all where it is told to tolerate failures.
 *
 * @throws {ConfigError} that names the address that cannot be listened on
 */
export async function chooseListen (asked: readonly string[]): Promise<readonly string[]> {
  for (const address of asked) {
    const code = await tryListen(address)
    if (code !== undefined) {
      throw refusal(address, code)
    }
  }
  if (asked.length > 0) {
    return asked
  }
  const usable: string[] = []
  for (const address of DEFAULT_LISTEN) {
    const code = await tryListen(address)
    if (code === undefined) {
      usable.push(address)
    } else if (!NO_SUCH_NETWORK.includes(code)) {
      throw refusal(address, code)
    }
  }
  return usable
}

function refusal (address: string, code: string): ConfigError {
  const why: Record<string, string> = {
    EADDRINUSE: 'the port is taken',
    EACCES: 'the system does not allow that port',
    EADDRNOTAVAIL: 'this machine has no such address'
  }
  return new ConfigError(`${address} cannot be listened on: ${why[code] ?? code}.`)
}

/** The error's code, or undefined if it can be listened on. */
async function tryListen (address: string): Promise<string | undefined> {
  const { host, port, type } = getNetConfig(multiaddr(address))
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? error.message) })
    server.listen({ host, port, ipv6Only: type === 'ip6' }, () => { server.close(() => { resolve(undefined) }) })
  })
}
