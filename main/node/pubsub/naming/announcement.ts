/** One topic that a peer says it is on, or no longer. */
export interface Announced { readonly topic: string, readonly subscribe: boolean }

/**
 * What a Natter says on a new stream when it has nothing else to say: Natters
 * take what is said first on a stream for all that there is. To other programs it
 * is the end of a subscription that they never saw.
 */
export const NOTHING: readonly Announced[] = [{ topic: '', subscribe: false }]

/** Says of each topic that we are on it, or no longer. */
export function announce (topics: readonly string[], subscribe: boolean): Announced[] {
  return topics.map((topic) => ({ topic, subscribe }))
}
