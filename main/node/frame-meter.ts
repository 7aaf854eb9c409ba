import { MAX_CIRCUIT_FRAMES, MAX_CIRCUIT_FRAMES_SHARE, MAX_CONNECTIONS_PER_ADDRESS, MAX_SMALL_FRAMES, MAX_SMALL_FRAMES_SHARE } from './limits.ts'
import { Quota } from './quota.ts'

const KIB = 1_024
const NONE = new Quota({ perWindow: 0, window: 1 })

type Rate = { readonly atOnce: number, readonly perSecond: number }
interface Bounds { readonly own: Rate, readonly share: Rate }
type Take = (units: number) => boolean

const OWN: Bounds = { own: MAX_SMALL_FRAMES, share: MAX_SMALL_FRAMES_SHARE }
const CIRCUITS: Bounds = { own: MAX_CIRCUIT_FRAMES, share: MAX_CIRCUIT_FRAMES_SHARE }

/** Told of a peer that sends more than anybody needs. `host` is its IP address, where that is known. */
export type OnFlood = (peer: string, host: string | undefined) => void

/** What one connection may send: its own allowance, and that of its IP address, beyond which it keeps its share. */
class Allowance {
  readonly #own: Quota
  readonly #share: Quota
  readonly #address: Take

  constructor ({ own, share }: Bounds, address: Take) {
    this.#own = quota(own)
    this.#share = quota(share)
    this.#address = address
  }

  /** Negative units pay something back. */
  readonly take = (units: number): boolean => {
    const [within, share, address] = [this.#own.take('', units), this.#share.take('', units), this.#address(units)]
    return within && (address || share)
  }
}

/**
 * Counts the small pieces that come in on one connection. What carries data pays
 * for itself: a KiB, either way, for a piece.
 */
export class FrameMeter {
  readonly #own: Allowance
  readonly #circuits: Allowance
  readonly #onFlood: () => void
  /** A message of Noise came of which no frame has been seen. */
  #isFresh = false
  #over = false

  constructor (own: Allowance, circuits: Allowance, onFlood: () => void) {
    this.#own = own
    this.#circuits = circuits
    this.#onFlood = onFlood
  }

  /** A message of Noise. @throws {RangeError} where it is one too many, so that nothing more of the same packet is read */
  readonly message = (): void => {
    this.#isFresh = true
    this.#take(this.#own)
  }

  /** A frame of the muxer. @throws {RangeError} where it is one too many */
  readonly frame = (): void => {
    this.#isFresh = false
    this.#take(this.#own)
  }

  /** A frame that goes on to somebody else, with the message that it came in. @throws {RangeError} where it is one too many */
  readonly carried = (): void => {
    if (this.#isFresh) {
      this.#isFresh = false
      this.#own.take(-1)
    }
    this.#take(this.#circuits)
  }

  /** Bytes passed, either way. */
  readonly passed = (bytes: number): void => {
    this.#own.take(-bytes / KIB)
    this.#circuits.take(-bytes / KIB)
  }

  /** It sent too much of something else. @throws {RangeError} always */
  flood (): never {
    if (!this.#over) {
      this.#over = true
      this.#onFlood()
    }
    throw new RangeError('the peer sends more than anybody needs')
  }

  #take (allowance: Allowance): void {
    if (this.#over || !allowance.take(1)) {
      this.flood()
    }
  }
}

/** The meters of a relay's connections. Those of one IP address have allowances in common. */
export class FrameMeters {
  readonly #onFlood: OnFlood
  readonly #meters = new WeakMap<object, FrameMeter>()
  #connectionsPerAddress = 0
  #addresses = { own: NONE, circuits: NONE }

  constructor (onFlood: OnFlood) {
    this.#onFlood = onFlood
    this.setConnectionsPerAddress(MAX_CONNECTIONS_PER_ADDRESS.relay)
  }

  setConnectionsPerAddress (count: number): void {
    if (count !== this.#connectionsPerAddress) {
      this.#connectionsPerAddress = count
      this.#addresses = { own: quota(OWN.share, count), circuits: quota(CIRCUITS.share, count) }
    }
  }

  /** A meter for what comes in on a connection, to be found again by that; ends it where too much comes. */
  open (connection: { readonly abort: (error: Error) => void }, peer: string, host: string | undefined): FrameMeter {
    const allowance = (bounds: Bounds, kind: 'own' | 'circuits'): Allowance =>
      new Allowance(bounds, (units) => host === undefined || this.#addresses[kind].take(host, units))
    const meter = new FrameMeter(allowance(OWN, 'own'), allowance(CIRCUITS, 'circuits'), () => {
      this.#onFlood(peer, host)
      // Whoever reads or writes now has its streams in hand.
      queueMicrotask(() => { connection.abort(new RangeError('the peer sends more than anybody needs')) })
    })
    this.#meters.set(connection, meter)
    return meter
  }

  of (connection: object): FrameMeter | undefined {
    return this.#meters.get(connection)
  }
}

function quota ({ atOnce, perSecond }: Rate, times = 1): Quota {
  return new Quota({ perWindow: atOnce * times, window: atOnce / perSecond * 1_000 })
}
