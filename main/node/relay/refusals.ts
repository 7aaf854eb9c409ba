/** Why a relay refuses a place, a circuit or a connection; also what it says on the wire. */
export const REFUSALS = [
  'reservations', 'reservationsPerAddress', 'connectionsPerAddress', 'handshakes', 'floods', 'circuitsPerPeer', 'circuitsPerAddress', 'dials', 'notAllowed', 'banned', 'draining'
] as const
export type Refusal = typeof REFUSALS[number]

/** Counts what a relay refuses, by reason. */
export class Refusals {
  readonly #counts = Object.fromEntries(REFUSALS.map((reason) => [reason, 0])) as Record<Refusal, number>

  /** Counts one, and says that it is refused. */
  readonly add = (reason: Refusal): true => {
    this.#counts[reason]++
    return true
  }

  get counts (): Readonly<Record<Refusal, number>> {
    return { ...this.#counts }
  }
}
