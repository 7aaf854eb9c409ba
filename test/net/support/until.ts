const LOOK = 10

/**
 * Waits for a state, never for time alone.
 *
 * @param what says in the error what did not come about; a function may add how things stand then
 */
export async function until (condition: () => boolean | Promise<boolean>, ms: number, what: string | (() => string)): Promise<number> {
  const start = performance.now()
  while (!await condition()) {
    if (performance.now() - start > ms) {
      throw new Error(`Not within ${ms} ms: ${typeof what === 'string' ? what : what()}`)
    }
    await new Promise((resolve) => { setTimeout(resolve, LOOK) })
  }
  return performance.now() - start
}

/** For what must not happen: gives it time to. */
export async function pause (ms: number): Promise<void> {
  await new Promise((resolve) => { setTimeout(resolve, ms) })
}
