/** How Natter gets out of a network that lets nothing out but through an HTTP proxy. */
export type ProxyChoice =
  /** As this computer is set. */
  | { readonly kind: 'system' }
  | { readonly kind: 'none' }
  | {
    readonly kind: 'this'
    readonly host: string
    readonly port: number
    /** The proxy itself is spoken to inside TLS. */
    readonly secure: boolean
    /** '': it asks for none. */
    readonly user: string
    /** A password is kept. It is never told. */
    readonly hasPassword: boolean
  }
