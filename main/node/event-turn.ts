let current = 0
let isTold = false

/** The number of the event loop's turn: another one after each `setImmediate`. */
export function thisTurn (): number {
  if (!isTold) {
    isTold = true
    setImmediate(() => {
      isTold = false
      current++
    })
  }
  return current
}

/** Measures how long something has kept the event loop in its present turn. */
export class TurnTime {
  readonly #most: number
  #turn = -1
  #spent = 0
  #last = 0

  /** @param most milliseconds a turn */
  constructor (most: number) {
    this.#most = most
  }

  /** From here on time counts; what others did since the last look does not. */
  begin (): void {
    const turn = thisTurn()
    if (turn !== this.#turn) [this.#turn, this.#spent] = [turn, 0]
    this.#last = performance.now()
  }

  /** Whether the time of this turn is used up. */
  isOver (): boolean {
    const now = performance.now()
    this.#spent += now - this.#last
    this.#last = now
    return this.#spent > this.#most
  }
}
