import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Connection } from '@libp2p/interface'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Components } from '../components.ts'
import { DIAL_BACK_LIMITS, type DialBackLimits } from '../limits.ts'
import { DialBackRequestSchema, DialBackResponseSchema } from '../node_pb.ts'
import { PROTOCOLS } from '../protocols.ts'
import { Quota } from '../quota.ts'
import { serve } from '../streams.ts'
import { ipOf, isDirect, isTcpAddress } from './addresses.ts'
import { Dialler } from './dialler.ts'

/** How a {@link DialBack} is set up. */
export interface DialBackOptions {
  /** @default {@link DIAL_BACK_LIMITS} */
  readonly limits?: Partial<DialBackLimits>
}

const MINUTE = 60_000

/**
 * Dials an address for the peer that asks, so that it knows whether others can
 * reach it. Only the IP that the peer comes from: else anybody could have us
 * knock on somebody else's door.
 */
export class DialBack {
  readonly #components: Components
  readonly #dialler = new Dialler()
  readonly #limits: DialBackLimits
  readonly #perAddress: Quota
  readonly #busy = new Set<string>()
  readonly #counts = { reached: 0, failed: 0, refused: 0 }
  #unserve: (() => Promise<void>) | undefined

  constructor (components: Components, options: DialBackOptions = {}) {
    this.#components = components
    this.#limits = { ...DIAL_BACK_LIMITS, ...options.limits }
    this.#perAddress = new Quota({ perWindow: this.#limits.perAddress, window: MINUTE })
  }

  /** Requests since the start, by how they ended. */
  get stats (): Readonly<Record<'reached' | 'failed' | 'refused', number>> {
    return { ...this.#counts }
  }

  async start (): Promise<void> {
    this.#unserve ??= await serve(this.#components.registrar, PROTOCOLS.dialBack, async (request, connection, signal) => {
      const { address } = fromBinary(DialBackRequestSchema, request)
      const reason = await this.#answer(address, connection, signal)
      return toBinary(DialBackResponseSchema, create(DialBackResponseSchema, reason === undefined ? { reached: true } : { reached: false, reason }))
    })
  }

  async stop (): Promise<void> {
    const unserve = this.#unserve
    this.#unserve = undefined
    await unserve?.()
    await this.#dialler.stop()
  }

  /** Undefined: reached. Else one sentence that says why not. */
  async #answer (bytes: Uint8Array, connection: Connection, signal: AbortSignal): Promise<string | undefined> {
    const peer = connection.remotePeer
    const address = readAddress(bytes)
    const refusal = address === undefined ? 'The request holds no multiaddr.' : this.#refusal(address, connection)
    if (address === undefined || refusal !== undefined) {
      this.#counts.refused++
      return refusal
    }
    this.#busy.add(peer.toString())
    try {
      await this.#dialler.reach(address, peer, signal)
      this.#counts.reached++
      return undefined
    } catch {
      this.#counts.failed++
      return NOT_REACHED
    } finally {
      this.#busy.delete(peer.toString())
    }
  }

  #refusal (address: Multiaddr, connection: Connection): string | undefined {
    const seen = ipOf(connection.remoteAddr)
    if (!isDirect(connection) || seen === undefined) {
      return 'Only a peer that is connected without a relay can be dialled back.'
    }
    if (!isTcpAddress(address)) {
      return 'Only an IP address with a TCP port, or WebSocket on it, is dialled back.'
    }
    if (ipOf(address) !== seen) {
      return 'Only the IP address that you come from is dialled back.'
    }
    if (this.#busy.has(connection.remotePeer.toString())) {
      return 'A dial-back for you is under way.'
    }
    if (this.#busy.size >= this.#limits.atOnce || !this.#perAddress.take(seen)) {
      return 'There are too many dial-backs at the moment; ask again in a minute.'
    }
    return undefined
  }
}

function readAddress (bytes: Uint8Array): Multiaddr | undefined {
  try {
    return bytes.byteLength === 0 ? undefined : multiaddr(bytes)
  } catch {
    return undefined
  }
}

/** No more than the asker needs: who else answers on an address that people share, and how, is not its business. */
const NOT_REACHED = 'Nobody with your peer id answered at that address.'
