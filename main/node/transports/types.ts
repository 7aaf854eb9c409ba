/** An HTTP proxy that opens tunnels when asked by CONNECT. */
export interface Proxy {
  readonly host: string
  readonly port: number
  /** The proxy itself is spoken to inside TLS. */
  readonly secure: boolean
  /** Value of the header `Proxy-Authorization`. */
  readonly authorization?: string
}

/** One way to a place: through a proxy, or straight. */
export type Way = Proxy | 'direct'

/**
 * The ways that lead to a host and port, in the order in which they are to be
 * tried: the next one only where a proxy itself cannot be spoken to. None: straight.
 *
 * @throws {NodeError} `ERR_PROXY`, with one sentence, where the only way is one that Natter does not speak
 */
export type ProxyFor = (host: string, port: number) => Promise<readonly Way[]>

/** Host and port as people write them. */
export function hostAndPort (host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
