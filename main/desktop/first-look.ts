/** Milliseconds that the network waits for a window at the most; one that is hidden or empty never asks for posts. */
const LIMIT = 1_000
/** Milliseconds that the page has to draw what it got: it took 130 on two cores with nothing beside it. */
const DRAWING = 150

/** The moment in which the person sees posts for the first time. */
export interface FirstLook {
  /** The window got its first posts. */
  readonly taken: () => void
  /** Resolves soon after {@link taken}, or after a second without it. */
  readonly wait: () => Promise<void>
}

/**
 * Lets the window go first: making a node takes the main process about 200 ms,
 * in which it answers no page.
 */
export function createFirstLook (): FirstLook {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return {
    taken: () => { resolve(undefined) },
    wait: async () => {
      const { promise: waited, resolve: go } = Promise.withResolvers<undefined>()
      const limit = setTimeout(go, LIMIT)
      void promise.then(() => {
        clearTimeout(limit)
        setTimeout(go, DRAWING)
      })
      await waited
    }
  }
}
