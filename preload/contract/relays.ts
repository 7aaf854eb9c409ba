/** Where we learned of a relay. */
export type RelaySource =
  | { readonly kind: 'settings' }
  | { readonly kind: 'invite', readonly topic: string }
  | { readonly kind: 'peer', readonly peerId: string }
  /** Looked up by DNS under a name that the person wrote. */
  | { readonly kind: 'name', readonly name: string }
  /** On a signed list. */
  | { readonly kind: 'list', readonly title: string }
  /** One of our relays, of this peer id, told us of it. */
  | { readonly kind: 'relay', readonly peerId: string }

/** A name that stands for relays, and what the last look at it gave. */
export interface RelayName {
  /** As the person reads it: `relay.example.org`. */
  readonly name: string
  /** Peer ids of the relays that it stands for, as last heard. */
  readonly relays: readonly string[]
  /** It is being looked up. */
  readonly looking: boolean
  /** One sentence on why the last look failed, or ''. What was heard before is used on. */
  readonly trouble: string
}

/** A signed list of relays, and what the last reading of it gave. */
export interface RelayList {
  readonly id: string
  /** What its maker calls it. */
  readonly title: string
  /** `shipped`: came with this package; `system`: put on this computer by who runs it; `person`: added by the person, and theirs to remove. */
  readonly origin: 'shipped' | 'system' | 'person'
  /** Where it is read: a file's path, or a web address. */
  readonly place: string
  readonly relays: number
  /** One sentence on why the last reading failed, or ''. What was read before is used until it expires. */
  readonly trouble: string
}

/** Where relays come from, besides those that the person pasted. */
export interface RelaySources {
  readonly names: readonly RelayName[]
  readonly lists: readonly RelayList[]
}

/** A relay that we may use, and how it fares. */
export interface Relay {
  readonly peerId: string
  readonly address: string
  readonly source: RelaySource
  /** `asking`: somebody named it, not used before the person agrees. */
  readonly state: 'asking' | 'connecting' | 'ready' | 'reserved' | 'refused' | 'down'
  /** Since when it is in this state. */
  readonly since: number
  /** One short sentence: what stands behind the state. */
  readonly detail: string
  readonly rtt?: number
  /** It takes part in pubsub for its clients. */
  readonly hub: boolean
}
