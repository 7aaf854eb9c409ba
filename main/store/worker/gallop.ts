/**
 * The first place behind `from` of which something holds, found by doubling
 * steps and then halving: cheap in runs of any length. Where it comes and goes
 * it is a place behind one of which it does not hold.
 *
 * @param last where the search ends, whatever holds there. @default Infinity
 */
export function gallop (from: number, holds: (place: number) => boolean, last = Infinity): number {
  let step = 1
  while (from + step < last && !holds(from + step)) step *= 2
  if (from + step >= last) return last
  let below = from + Math.floor(step / 2)
  let found = from + step
  while (found - below > 1) {
    const middle = Math.floor((below + found) / 2)
    if (holds(middle)) found = middle
    else below = middle
  }
  return found
}
