import type { Socket } from 'node:net'
import { getNetConfig, isPrivate } from '@libp2p/utils'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import { openSocket, type Target } from './sockets.ts'
import { openTunnel } from './tunnel.ts'
import { hostAndPort, type ProxyFor } from './types.ts'

/** Addresses of which it is known how they were reached; a desktop has 300 connections. */
const MAX_KNOWN = 1_000

/** Names that never leave this computer or its network (RFC 6761, RFC 6762), and those that only its own resolver can complete. */
const LOCAL_NAME = /^[^.]+$|(?:^|\.)(?:localhost|local|home\.arpa)\.?$/iu

/**
 * Opens the connections that transports run on: straight, or through the proxy
 * that is meant for the place. What is in this computer or its network is
 * never asked of a proxy.
 */
export class Outbound {
  readonly #proxyFor: ProxyFor
  readonly #proxies = new Map<string, string>()

  constructor (proxyFor: ProxyFor = async () => Promise.resolve(undefined)) {
    this.#proxyFor = proxyFor
  }

  /**
   * Connects to the host and port of an address.
   *
   * @throws {NodeError} `ERR_PROXY`; or what the network says
   */
  async connect (address: Multiaddr, signal: AbortSignal): Promise<Socket> {
    const target = targetOf(address)
    const proxy = isLocal(address, target.host) ? undefined : await this.#proxyFor(target.host, target.port)
    signal.throwIfAborted()
    if (proxy === undefined) {
      this.#proxies.delete(keyOf(address))
      return openSocket(target, signal)
    }
    const socket = await openTunnel(proxy, target.host, target.port, signal)
    this.#note(keyOf(address), hostAndPort(proxy.host, proxy.port))
    return socket
  }

  /** The proxy, as host and port, through which this address was last connected to; undefined: none. */
  proxyOf (address: Multiaddr): string | undefined {
    return this.#proxies.get(keyOf(address))
  }

  #note (key: string, proxy: string): void {
    this.#proxies.delete(key)
    this.#proxies.set(key, proxy)
    for (const oldest of this.#proxies.keys()) {
      if (this.#proxies.size <= MAX_KNOWN) {
        break
      }
      this.#proxies.delete(oldest)
    }
  }
}

function targetOf (address: Multiaddr): Target {
  const { host, port, type } = getNetConfig(address)
  if (port === undefined) {
    throw new TypeError('the address names no port')
  }
  return { host, port, ...(type === 'dns4' ? { family: 4 } : type === 'dns6' ? { family: 6 } : {}) }
}

function isLocal (address: Multiaddr, host: string): boolean {
  const { type } = getNetConfig(address)
  return type === 'ip4' || type === 'ip6' ? isPrivate(address) : LOCAL_NAME.test(host)
}

function keyOf (address: Multiaddr): string {
  return address.decapsulateCode(CODE_P2P).toString()
}
