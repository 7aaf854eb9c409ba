import type { Dialect } from './model.ts'

/** An invite that we made. */
export interface MadeInvite {
  readonly link: string
  readonly relays: {
    /** How many of our relays it names. */
    readonly named: number
    /** One of these answers us at the moment. */
    readonly answering: boolean
    /** How many of ours it does not name because they do not answer. */
    readonly leftOut: number
  }
}

/** An invite as the person reads it before agreeing. */
export interface InvitePreview {
  readonly topic: string
  readonly title: string
  readonly dialect: Dialect
  /** Who made it, as the signature inside proves. */
  readonly from: { readonly peerId: string, readonly name: string }
  readonly relays: readonly { readonly address: string, readonly peerId: string, readonly known: boolean }[]
  /** We are on the topic already. */
  readonly subscribed: boolean
}
