/**
 * Milliseconds of work after which a turn of the event loop ends. A window
 * waits for nothing longer than 8; what comes on top is one piece of work.
 */
const TURN = 3

/**
 * Does something with each of many, one after the other, without keeping the
 * process from all else: a signature check takes 0.2 ms, and a message of
 * history holds hundreds.
 *
 * @throws what `work` throws, for the first for which it does
 */
export async function inTurns<T, R> (items: Iterable<T>, work: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: R[] = []
  let began = performance.now()
  for (const item of items) {
    if (performance.now() - began > TURN) {
      await new Promise((resolve) => { setImmediate(resolve) })
      began = performance.now()
    }
    results.push(await work(item))
  }
  return results
}
