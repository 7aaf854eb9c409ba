import type { Socket } from 'node:net'
import { getNetConfig, isPrivate } from '@libp2p/utils'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import { NodeError } from '../errors.ts'
import { openSocket, type Target } from './sockets.ts'
import { SHARES_PORTS, SteadyPorts } from './steady-ports.ts'
import { openTunnel } from './tunnel.ts'
import { hostAndPort, type ProxyFor, type Way } from './types.ts'
import { Ways } from './ways.ts'

/** Addresses of which it is known how they were reached; a desktop has 300 connections. */
const MAX_KNOWN = 1_000

/** Milliseconds for a way behind which there are others; a dial has 6 s for all of them. A proxy of this network answers in a fraction of a second. */
const PATIENCE = 2_000
/** Ways that are tried in one dial. */
const MAX_WAYS = 8

/** Names that never leave this computer or its network (RFC 6761, RFC 6762), and those that only its own resolver can complete. */
const LOCAL_NAME = /^[^.]+$|(?:^|\.)(?:localhost|local|home\.arpa)\.?$/iu

/** How far a connection has come. */
export type OutboundStep = 'name' | 'tcp' | 'tls'

/** For a node that measures how connections come about. */
export interface OutboundWatch {
  /** The port that connections come from where no proxy is between. @default the system chooses */
  readonly localPort?: number
  /** Told of each step that a connection has taken, with its socket where no proxy is between. */
  readonly onStep?: (address: Multiaddr, step: OutboundStep, socket?: Socket) => void
}

/** How a connection to an address was made: through this proxy, as host and port, or straight from this local port. */
interface Made {
  readonly proxy?: string
  readonly localPort?: number | undefined
}

/**
 * Opens the connections that transports run on: straight, or through the proxy
 * that is meant for the place. What is in this computer or its network is
 * never asked of a proxy.
 */
export class Outbound {
  readonly #proxyFor: ProxyFor
  /** How each address was last connected to. */
  readonly #made = new Map<string, Made>()
  /** Places that are dialled by a port of which {@link SteadyPorts} knows. */
  readonly #steady = new Set<string>()
  readonly #ports = new SteadyPorts()
  readonly #ways = new Ways()
  readonly #watch: OutboundWatch

  constructor (proxyFor: ProxyFor = async () => Promise.resolve([]), watch: OutboundWatch = {}) {
    this.#proxyFor = proxyFor
    this.#watch = watch
  }

  /**
   * Connects to the host and port of an address, by the first way that works.
   *
   * @throws {NodeError} `ERR_PROXY`, `ERR_PROXY_DOWN`; or what the network says; all of it where several ways failed
   */
  async connect (address: Multiaddr, signal: AbortSignal): Promise<Socket> {
    const target = targetOf(address)
    const named = await this.#waysTo(address, target)
    const ways = named.length === 0 ? ['direct' as const] : this.#ways.inOrder(named).slice(0, MAX_WAYS)
    const tried: { readonly way: Way, readonly error: unknown }[] = []
    for (const way of ways) {
      signal.throwIfAborted()
      try {
        const socket = await this.#openBy(way, address, target, signal, tried.length === ways.length - 1)
        // Who is dialled straight may just be gone: only now is it known that the way was at fault.
        tried.forEach((before) => { this.#ways.failed(before.way) })
        this.#note(address, way, socket)
        this.tell(address, 'tcp', way === 'direct' ? socket : undefined)
        return socket
      } catch (error) {
        if (signal.aborted || !isWayDown(way, error)) {
          throw error
        }
        if (way !== 'direct') {
          this.#ways.failed(way)
        }
        tried.push({ way, error })
      }
    }
    const errors = tried.map(({ error }) => error)
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'no way there works')
  }

  /** A connection to an address has come so far. */
  tell (address: Multiaddr, step: OutboundStep, socket?: Socket): void {
    this.#watch.onStep?.(address, step, socket)
  }

  async #openBy (way: Way, address: Multiaddr, target: Target, signal: AbortSignal, isLast: boolean): Promise<Socket> {
    if (way !== 'direct') {
      return openTunnel(way, target.host, target.port, signal, isLast ? undefined : PATIENCE)
    }
    const patient = isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
    return this.#open(address, { ...target, onName: () => { this.tell(address, 'name') } }, patient)
  }

  async #open (address: Multiaddr, target: Target, signal: AbortSignal): Promise<Socket> {
    const key = keyOf(address)
    const localPort = this.#watch.localPort ?? (this.#steady.has(key) ? await this.#ports.portFor(key) : undefined)
    if (localPort === undefined) return openSocket(target, signal)
    try {
      return await openSocket({ ...target, localPort }, signal)
    } catch (error) {
      if (!isPortTaken(error)) throw error
      return openSocket(target, signal)
    }
  }

  /** The proxy, as host and port, through which this address was last connected to; undefined: none. */
  proxyOf (address: Multiaddr): string | undefined {
    return this.#made.get(keyOf(address))?.proxy
  }

  /** From now on this address is dialled by a local port that can be shared; see {@link SteadyPorts}. */
  steady (address: Multiaddr): void {
    if (SHARES_PORTS && this.#steady.size < MAX_KNOWN) {
      this.#steady.add(keyOf(address))
    }
  }

  /** The local port by which this address was last connected to; undefined: through a proxy, or not at all. */
  localPortOf (address: Multiaddr): number | undefined {
    return this.#made.get(keyOf(address))?.localPort
  }

  /** Whether a proxy is meant for the place, so that nothing may go there straight. */
  async needsProxy (address: Multiaddr): Promise<boolean> {
    try {
      const [first = 'direct'] = await this.#waysTo(address, targetOf(address))
      return first !== 'direct'
    } catch {
      // One that Natter does not speak to.
      return true
    }
  }

  async #waysTo (address: Multiaddr, { host, port }: Target): Promise<readonly Way[]> {
    return isLocal(address, host) ? [] : this.#proxyFor(host, port)
  }

  #note (address: Multiaddr, way: Way, { localPort }: Socket): void {
    const key = keyOf(address)
    this.#ways.worked(way)
    this.#made.delete(key)
    this.#made.set(key, way === 'direct' ? { localPort } : { proxy: hostAndPort(way.host, way.port) })
    for (const oldest of this.#made.keys()) {
      if (this.#made.size <= MAX_KNOWN) {
        break
      }
      this.#made.delete(oldest)
    }
  }
}

/** Whether an error says that the local port that was asked for cannot be had. Some systems do not let two connections leave from one port, wherever they lead. */
export function isPortTaken (error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES')
}

/** A proxy that refuses has the last word: another one is for when it is not there, as browsers have it. */
function isWayDown (way: Way, error: unknown): boolean {
  return way === 'direct' || (error instanceof NodeError && error.code === 'ERR_PROXY_DOWN')
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
