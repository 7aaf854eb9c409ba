/** Where the relay's certificate comes from. */
export type TlsConfig =
  | {
    readonly kind: 'files'
    /** PEM files: the certificate with those that lead to its root, and its key. */
    readonly cert: string
    readonly key: string
  }
  | {
    readonly kind: 'acme'
    /** The first is the certificate's name. */
    readonly domains: readonly string[]
    /** Where the authority writes to about trouble. */
    readonly email: string | undefined
    /** URL of the authority's directory. */
    readonly directory: string
    /** TCP port on which the authority's challenge is answered. */
    readonly challengePort: number
    /** PEM file of the root that the directory is trusted with, for an authority of one's own. */
    readonly ca: string | undefined
  }

/** Where and by which names a relay's metrics are asked for. */
export interface MetricsConfig {
  readonly host: string
  readonly port: number
  /** Host names in lower case, besides IP addresses and `localhost`. */
  readonly names: readonly string[]
}

/** Bounds on what one relay gives away; those of `main/node/limits.ts` where nothing else was said. */
export interface RelayLimitsConfig {
  readonly reservations: number
  readonly reservationsPerAddress: number
  readonly connectionsPerAddress: number
  readonly circuitsPerPeer: number
  readonly circuitsPerAddress: number
  /** Undefined: no limit. */
  readonly circuitBytes: number | undefined
  readonly circuitSeconds: number | undefined
}

/** What a relay was told to do, by flags, environment and file together. */
export interface RelayConfig {
  /** Directory of its key and of what it keeps. */
  readonly data: string
  /** Multiaddrs. Empty: the default port, on whatever of IPv4 and IPv6 there is. */
  readonly listen: readonly string[]
  /** Multiaddrs to tell others instead. */
  readonly announce: readonly string[]
  readonly hub: boolean
  /** How long and how much of its topics' history the hub keeps; undefined: none. */
  readonly history: { readonly days: number, readonly maxBytes: number } | undefined
  /** Where `/metrics` and `/health` are served; undefined: nowhere. */
  readonly metrics: MetricsConfig | undefined
  readonly tls: TlsConfig | undefined
  readonly limits: RelayLimitsConfig
  /** Peer ids. Given: only these get a place or a circuit. */
  readonly allow: readonly string[] | undefined
  /** Who is let in to nothing: peer ids, and IP addresses or ranges such as 192.0.2.0/24. */
  readonly ban: { readonly peers: readonly string[], readonly addresses: readonly string[] }
  /** Seconds that clients get to move elsewhere when the relay is told to end. */
  readonly drainSeconds: number
  /** Other relays of its community: multiaddrs with a peer id, `/dnsaddr/` names, short names. */
  readonly community: readonly string[]
  /** Print one JSON object a line. */
  readonly json: boolean
}

/** A value as it was written, and where. A list has each of its values so. */
export interface Raw {
  readonly value: unknown
  /** `--listen`, `NATTER_RELAY_LISTEN` or `relay.toml, line 3`. */
  readonly origin: string
}
