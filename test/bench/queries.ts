/** What people look for, and what is hard to find; the newest 50 each time. */
export interface Query {
  readonly query: string
  /** In the topic that has most posts, in one that has few, or everywhere. */
  readonly topic?: 'big' | 'small'
  /** From the middle of the history on, as a page further down is. */
  readonly isDeep?: boolean
}

/**
 * The mix that `searchP95Ms` is over; each counts the same. Words as
 * `texts.ts` makes them. A query without a space at its end is a beginning.
 */
export const QUERIES: readonly Query[] = [
  // Rare words: few posts or none.
  { query: 'zanzibar ' },
  { query: 'Zanzibar ', topic: 'big' },
  { query: 'nowhere-to-be-found ' },
  { query: '12D3KooWabcdef' },
  // A word in half of all posts.
  { query: 'the ' },
  { query: 'the ', topic: 'big' },
  { query: 'the ', topic: 'small' },
  { query: 'the ', isDeep: true },
  // Words together.
  { query: 'the pre ' },
  { query: 'the zanzibar ' },
  { query: 'been orver ', topic: 'big' },
  { query: 'the zuüber ' },
  // Beginnings that many words and posts have.
  { query: 't' },
  { query: 'th' },
  { query: 'the' },
  { query: 'con', topic: 'big' },
  { query: 'con', topic: 'small' },
  { query: 'con', isDeep: true },
  { query: '12d3koow' },
  { query: 'при' },
  { query: 'Über' },
  { query: 'ال', topic: 'small' },
  // Beginnings that few have.
  { query: 'zanz' },
  { query: 'desiontion' },
  { query: 'zanzi', topic: 'small' },
  // Scripts without spaces.
  { query: '北京' },
  { query: '明天', topic: 'big' },
  { query: '明天', topic: 'small' },
  { query: '京' },
  { query: '人工智能' },
  { query: '北京大学' },
  { query: 'กข' }
]
