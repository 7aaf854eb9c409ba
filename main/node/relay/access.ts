import { BlockList, isIP } from 'node:net'
import { Quota } from '../quota.ts'

/** Whom a relay serves. */
export interface AccessRules {
  /** Peer ids. Given: only these get a place or a circuit. */
  readonly allow?: readonly string[] | undefined
  readonly ban?: {
    readonly peers: readonly string[]
    /** IP addresses, and ranges such as 192.0.2.0/24. */
    readonly addresses: readonly string[]
  }
}

/** Why somebody is not served at all. */
export type Unwelcome = 'banned' | 'notAllowed'

const MINUTE = 60_000
/** Connections a minute in which one who is banned is told so; further ones are refused without a word. */
const FAREWELLS = 4

/** Says who is welcome on a relay. The rules can change while it runs. */
export class Access {
  #allow: ReadonlySet<string> | undefined
  #banned: ReadonlySet<string> = new Set()
  #addresses = new BlockList()
  readonly #farewells = new Quota({ perWindow: FAREWELLS, window: MINUTE })

  constructor (rules: AccessRules = {}) {
    this.set(rules)
  }

  set ({ allow, ban }: AccessRules): void {
    this.#allow = allow === undefined ? undefined : new Set(allow)
    this.#banned = new Set(ban?.peers)
    this.#addresses = new BlockList()
    for (const range of ban?.addresses ?? []) {
      const [network = '', bits] = range.split('/')
      const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
      this.#addresses.addSubnet(network, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
    }
  }

  /** Undefined: welcome. */
  judge (peer: string, host: string | undefined): Unwelcome | undefined {
    if (this.#banned.has(peer) || (host !== undefined && this.#isBanned(host))) {
      return 'banned'
    }
    return this.#allow?.has(peer) === false ? 'notAllowed' : undefined
  }

  /** Whether a connection from an address is not even let in to be told. */
  denyAddress (host: string): boolean {
    return this.#isBanned(host) && !this.#farewells.take(host)
  }

  /** The same once the peer is known; an address counts already. */
  denyPeer (peer: string): boolean {
    return this.#banned.has(peer) && !this.#farewells.take(peer)
  }

  #isBanned (host: string): boolean {
    const family = isIP(host)
    return family !== 0 && this.#addresses.check(host, family === 6 ? 'ipv6' : 'ipv4')
  }
}
