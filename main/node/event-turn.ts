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
