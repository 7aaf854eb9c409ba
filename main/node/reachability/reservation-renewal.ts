import type { PeerId } from '@libp2p/interface'
import { onWake } from '../wake.ts'
import { renewIn } from './reservation-lifetime.ts'

/** A reservation as libp2p holds it. */
export interface HeldReservation {
  /** Seconds since the Unix epoch, by the relay's clock. */
  expire: bigint
}

/** Dependencies of {@link ReservationRenewal}. */
export interface ReservationRenewalDeps {
  /** What a relay's clock says, in milliseconds since the Unix epoch; undefined where it does not tell. Rejects never. */
  readonly relayTime: (relay: PeerId) => Promise<number | undefined>
  readonly held: (relay: PeerId) => HeldReservation | undefined
  /** Asks the relay anew. May reject: whoever waits for reservations sees that this one is gone. */
  readonly renew: (relay: PeerId) => Promise<unknown>
}

interface Planned { readonly relay: PeerId, readonly reservation: HeldReservation, timer: NodeJS.Timeout }

/**
 * Renews reservations in time, whatever our clock and the relays' clocks say.
 *
 * Trap: libp2p compares the end of a reservation with our wall clock. With one that is two hours ahead it asks
 * every 30 s, with one that is behind too late; and its timers stand still while the computer sleeps.
 */
export class ReservationRenewal {
  readonly #deps: ReservationRenewalDeps
  readonly #planned = new Map<string, Planned>()
  #unwake: () => void = () => {}

  constructor (deps: ReservationRenewalDeps) {
    this.#deps = deps
  }

  /** A relay gave or renewed a reservation. */
  add (relay: PeerId, reservation: HeldReservation): void {
    this.remove(relay)
    if (this.#planned.size === 0) this.#unwake = onWake(() => { this.#renewAll() })
    const expires = Number(reservation.expire) * 1_000
    const plan = (relayNow?: number): NodeJS.Timeout => setTimeout(() => { this.#renew(planned) }, renewIn(expires, relayNow, Date.now())).unref()
    const planned: Planned = { relay, reservation, timer: plan() }
    this.#planned.set(relay.toString(), planned)
    // Nobody waits for the answer: until it comes, the plan without it holds.
    void this.#deps.relayTime(relay).then((relayNow) => {
      if (relayNow === undefined || this.#planned.get(relay.toString()) !== planned) return
      clearTimeout(planned.timer)
      planned.timer = plan(relayNow)
    })
  }

  /** None is renewed any more. */
  clear (): void {
    for (const { relay } of this.#planned.values()) this.remove(relay)
  }

  /** It is gone. */
  remove (relay: PeerId): void {
    clearTimeout(this.#planned.get(relay.toString())?.timer)
    this.#planned.delete(relay.toString())
    if (this.#planned.size === 0) this.#unwake()
  }

  /** How much time passed is not known: relays may count other hours than we slept. */
  #renewAll (): void {
    for (const planned of this.#planned.values()) this.#renew(planned)
  }

  #renew ({ relay, reservation }: Planned): void {
    if (this.#deps.held(relay) !== reservation) {
      this.remove(relay)
      return
    }
    // Trap: libp2p asks for none while the one that it has seems to last for ten minutes more.
    reservation.expire = 0n
    this.#deps.renew(relay).catch(() => {})
  }
}
