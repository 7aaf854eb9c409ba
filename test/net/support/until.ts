const LOOK = 10

/**
 * Waits for a state, never for time alone.
 *
 * @param ms how long it may take where this process gets its turns; while it does not, no time is counted, since
 *   what it waits for stands still as well
 * @param what says in the error what did not come about; a function may add how things stand then
 * @returns milliseconds by the clock
 */
export async function until (condition: () => boolean | Promise<boolean>, ms: number, what: string | (() => string)): Promise<number> {
  const start = performance.now()
  let stoodStill = 0
  while (!await condition()) {
    const looked = performance.now()
    if (looked - start - stoodStill > ms) {
      throw new Error(`Not within ${ms} ms: ${typeof what === 'string' ? what : what()}`)
    }
    await new Promise((resolve) => { setTimeout(resolve, LOOK) })
    stoodStill += Math.max(0, performance.now() - looked - 2 * LOOK)
  }
  return performance.now() - start
}

/** For what must not happen: gives it time to. */
export async function pause (ms: number): Promise<void> {
  await new Promise((resolve) => { setTimeout(resolve, ms) })
}
