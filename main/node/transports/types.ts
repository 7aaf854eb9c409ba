/** An HTTP proxy that opens tunnels when asked by CONNECT. */
export interface Proxy {
  readonly host: string
  readonly port: number
  /** The proxy itself is spoken to inside TLS. */
  readonly secure: boolean
  /** Value of the header `Proxy-Authorization`. */
  readonly authorization?: string
}

/**
 * Which proxy leads to a host and port. Undefined: none, it is dialled itself.
 *
 * @throws {NodeError} `ERR_PROXY`, with one sentence, where the only way is one that Natter does not speak
 */
export type ProxyFor = (host: string, port: number) => Promise<Proxy | undefined>

/** Host and port as people write them. */
export function hostAndPort (host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
