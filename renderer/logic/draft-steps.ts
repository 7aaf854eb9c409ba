import type { Draft } from './draft.ts'

/** How a draft stood, and what of the field was selected. */
export interface Standing extends Draft { readonly from: number, readonly to: number }

/** Steps that can be taken back; each may hold a long text twice. */
const MOST = 8

/**
 * Changes of a draft that the field cannot take back by itself, as it does
 * what is typed: it was given another text. Each is taken back after all that
 * was typed since.
 */
export class DraftSteps {
  #steps: readonly { readonly before: Standing, readonly after: Standing }[] = []
  #at = 0
  /** What the field showed after each thing that was typed since the last step, in short. */
  #typed: number[] = []

  add (before: Standing, after: Standing): void {
    this.#steps = [...this.#steps.slice(Math.max(0, this.#at - MOST + 1), this.#at), { before, after }]
    this.#at = this.#steps.length
    this.#typed = []
  }

  /** The field changed by itself, to this. `back`: it took back what was typed, which may be several things at once. */
  typed (shown: string, back: boolean): void {
    const mark = markOf(shown)
    if (!back) {
      this.#typed.push(mark)
      return
    }
    if (this.#at > 0 && markOf(this.#steps[this.#at - 1]?.after.shown ?? '') === mark) this.#typed = []
    else this.#typed.length = Math.max(1, this.#typed.lastIndexOf(mark) + 1)
  }

  /** How the draft stood before the last step; undefined where what was typed since comes first. */
  undo ({ shown, rest }: Draft): Standing | undefined {
    const step = this.#steps[this.#at - 1]
    if (this.#typed.length > 0 || step?.after.shown !== shown || step.after.rest !== rest) return undefined
    this.#at--
    return step.before
  }

  /** How it stood after the step that was taken back last; likewise. */
  redo ({ shown, rest }: Draft): Standing | undefined {
    const step = this.#steps[this.#at]
    if (this.#typed.length > 0 || step?.before.shown !== shown || step.before.rest !== rest) return undefined
    this.#at++
    return step.after
  }

  /** Another draft is begun. */
  clear (): void {
    this.#steps = []
    this.#at = 0
    this.#typed = []
  }
}

/** A number that two texts hardly share (FNV-1a). */
function markOf (text: string): number {
  let hash = 0x811C9DC5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}
