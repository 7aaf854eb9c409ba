import type { Refusal } from './refusals.ts'

/** Refused circuits that are remembered for one peer: it asks about each at once, and dials four people at a time. */
const KEPT = 16

/**
 * Why circuits were refused, until who asked for them wants to know: circuit
 * relay v2 has one status for all reasons. Bounded by who is connected.
 */
export class CircuitRefusals {
  readonly #reasons = new Map<string, Map<string, Refusal>>()

  add (source: string, destination: string, reason: Refusal): void {
    const reasons = this.#reasons.get(source) ?? new Map<string, Refusal>()
    this.#reasons.set(source, reasons)
    reasons.delete(destination)
    reasons.set(destination, reason)
    const [oldest] = reasons.keys()
    if (reasons.size > KEPT && oldest !== undefined) {
      reasons.delete(oldest)
    }
  }

  /** Answers once. Undefined: none was refused, or too many others were since. */
  take (source: string, destination: string): Refusal | undefined {
    const reason = this.#reasons.get(source)?.get(destination)
    this.#reasons.get(source)?.delete(destination)
    return reason
  }

  /** A peer has gone. */
  forget (source: string): void {
    this.#reasons.delete(source)
  }
}
