import type { Store } from '../../store/types.ts'

/** A store's {@link Store.append}, and how many own posts went into it. */
export interface CountedAppends {
  readonly append: Store['append']
  /** Own posts of a topic that were handed over by now, in this run; not all may be kept yet. */
  readonly written: (topic: string) => number
}

/** Counts own posts on their way into the store: what a peer was seen to hold at that moment is not said of them. */
export function countOwn (store: Pick<Store, 'append'>): CountedAppends {
  const counts = new Map<string, number>()
  const written = (topic: string): number => counts.get(topic) ?? 0
  return {
    written,
    append: async (posts) => {
      for (const { post: { own, topic } } of posts) if (own) counts.set(topic, written(topic) + 1)
      return store.append(posts)
    }
  }
}
