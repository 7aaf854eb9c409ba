import { MAX_CIRCUIT_FRAMES, MAX_CIRCUIT_FRAMES_SHARE, MAX_CONNECTIONS_PER_ADDRESS, MAX_SMALL_FRAMES, MAX_SMALL_FRAMES_SHARE, PAYS_FOR_A_FRAME } from './limits.ts'
import { Bucket, Quota } from './quota.ts'

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
  readonly #own: Bucket
  readonly #share: Bucket
  readonly #address: Take

  constructor ({ own, share }: Bounds, address: Take) {
    this.#own = new Bucket(window(own))
    this.#share = new Bucket(window(share))
    this.#address = address
  }

  /** Negative units pay something back. */
  readonly take = (units: number): boolean => {
    const [within, share, address] = [this.#own.take(units), this.#share.take(units), this.#address(units)]
    return within && (address || share)
  }
}

/** How a {@link FrameMeter} counts. */
interface MeterOptions {
  /** Bytes, either way, that pay for a piece. */
  readonly pays: number
  /** Asked where it is one too many: whether the peer is let go on all the same. */
  readonly isExempt: () => boolean
  readonly onFlood: () => void
}

/**
 * Counts the small pieces that come in on one connection. What carries data pays
 * for itself: so many bytes, either way, for a piece.
 */
export class FrameMeter {
  readonly #own: Allowance
  readonly #circuits: Allowance
  readonly #options: MeterOptions
  /** A message of Noise came of which no frame has been seen. */
  #isFresh = false
  #over = false

  constructor (own: Allowance, circuits: Allowance, options: MeterOptions) {
    this.#own = own
    this.#circuits = circuits
    this.#options = options
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
    const paid = bytes / this.#options.pays
    this.#own.take(-paid)
    this.#circuits.take(-paid)
  }

  /** It sent too much of something else. @throws {RangeError} always */
  flood (): never {
    if (!this.#over) {
      this.#over = true
      this.#options.onFlood()
    }
    throw new RangeError('the peer sends more than anybody needs')
  }

  #take (allowance: Allowance): void {
    if (this.#over || (!allowance.take(1) && !this.#options.isExempt())) {
      this.flood()
    }
  }
}

/** How {@link FrameMeters} judge. */
export interface FrameMetersOptions {
  readonly role: 'desktop' | 'relay'
  readonly onFlood: OnFlood
  /** Peers that forward what others send: they are not cut off for it. @default nobody */
  readonly isExempt?: (peer: string) => boolean
}

/** The meters of a node's connections. Those of one IP address have allowances in common. */
export class FrameMeters {
  readonly #options: FrameMetersOptions
  readonly #meters = new WeakMap<object, { readonly meter: FrameMeter, readonly origin: string }>()
  #connectionsPerAddress = 0
  #addresses = { own: NONE, circuits: NONE }

  constructor (options: FrameMetersOptions) {
    this.#options = options
    this.setConnectionsPerAddress(MAX_CONNECTIONS_PER_ADDRESS[options.role])
  }

  setConnectionsPerAddress (count: number): void {
    if (count !== this.#connectionsPerAddress) {
      this.#connectionsPerAddress = count
      this.#addresses = { own: new Quota(window(OWN.share, count)), circuits: new Quota(window(CIRCUITS.share, count)) }
    }
  }

  /**
   * A meter for what comes in on a connection, to be found again by that; ends it where too much comes.
   *
   * @param host the IP address that has an allowance in common; undefined: none
   * @param origin what tells those who may be one person from others. @default the host, or else the peer
   */
  open (connection: { readonly abort: (error: Error) => void }, peer: string, host: string | undefined, origin = host ?? peer): FrameMeter {
    const { role, onFlood, isExempt = () => false } = this.#options
    const allowance = (bounds: Bounds, kind: 'own' | 'circuits'): Allowance =>
      new Allowance(bounds, (units) => host === undefined || this.#addresses[kind].take(host, units))
    const meter = new FrameMeter(allowance(OWN, 'own'), allowance(CIRCUITS, 'circuits'), {
      pays: PAYS_FOR_A_FRAME[role],
      isExempt: () => isExempt(peer),
      onFlood: () => {
        onFlood(peer, host)
        // Whoever reads or writes now has its streams in hand.
        queueMicrotask(() => { connection.abort(new RangeError('the peer sends more than anybody needs')) })
      }
    })
    this.#meters.set(connection, { meter, origin })
    return meter
  }

  of (connection: object): FrameMeter | undefined {
    return this.#meters.get(connection)?.meter
  }

  originOf (connection: object): string {
    return this.#meters.get(connection)?.origin ?? ''
  }
}

function window ({ atOnce, perSecond }: Rate, times = 1): { readonly perWindow: number, readonly window: number } {
  return { perWindow: atOnce * times, window: atOnce / perSecond * 1_000 }
}
