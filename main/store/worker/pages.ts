import type { Page, PostPage } from '../../../preload/contract/index.ts'
import type { SearchResult, StoredPost } from '../types.ts'
import type { Context } from './context.ts'
import type { Row } from './driver.ts'
import { idHash, isSameId, storedId, readId } from './ids.ts'
import { plainBytes, POST_COLUMNS, POST_TABLES, readPost, readStored } from './rows.ts'

/** Posts that were read stand in this part of the page that opens at the first unread one. */
const READ_SHARE = 1 / 3

/** How a topic is read. */
export interface Pages {
  readonly list: (topic: string, page: Page, limit: number) => PostPage
  readonly queued: (topic: string) => readonly StoredPost[]
  readonly read: (topic: string, after: number | undefined, limit: number) => readonly StoredPost[]
  readonly payloads: (topic: string, ids: readonly Uint8Array[]) => readonly (Uint8Array | undefined)[]
  readonly search: (query: string, options: { readonly topic?: string | undefined, readonly before?: number | undefined, readonly limit: number }) => SearchResult
}

/** Reads posts in the order of their places, each page by one walk along an index. */
export function createPages (context: Context): Pages {
  const { db, topics } = context
  const select = (where: string, more = ''): string => `select ${POST_COLUMNS}${more} from ${POST_TABLES} where ${where}`
  const up = db.prepare(select('post.topic=? and post.pos>=? order by post.pos limit ?'))
  const down = db.prepare(select('post.topic=? and post.pos<? order by post.pos desc limit ?'))
  const isBefore = db.prepare('select 1 from post where topic=? and pos<? limit 1')
  const isFrom = db.prepare('select 1 from post where topic=? and pos>=? limit 1')
  const one = db.prepare(select('post.pos=?'))
  const queuedPosts = db.prepare(select('post.topic=? and post.own=1 and post.sent=0 and post.held=0 order by post.pos', ', post.payload'))
  const stored = db.prepare(select('post.topic=? and post.pos>? order by post.pos limit ?', ', post.payload'))
  const proof = db.prepare('select id, payload from post where pos=? and topic=?')

  /** Up to `limit` posts around a place: `share` of them before it, more where the other side has not enough. */
  function around (topic: number, pos: number, limit: number, share: number): readonly Row[] {
    const before = Math.floor(limit * share)
    let after = up.all([topic, pos, limit - before])
    const earlier = down.all([topic, pos, limit - after.length])
    const room = limit - earlier.length
    if (after.length === limit - before && room > after.length) after = up.all([topic, pos, room])
    return [...earlier.toReversed(), ...after]
  }

  function rowsOf (topic: number, page: Page, limit: number, firstUnread: number | undefined): readonly Row[] {
    switch (page.kind) {
      case 'newest': return down.all([topic, Number.MAX_SAFE_INTEGER, limit]).toReversed()
      case 'before': return down.all([topic, page.order, limit]).toReversed()
      case 'after': return up.all([topic, page.order + 1, limit])
      case 'around': return around(topic, page.order, limit, 1 / 2)
      case 'unread': return firstUnread === undefined ? rowsOf(topic, { kind: 'newest' }, limit, undefined) : around(topic, firstUnread, limit, READ_SHARE)
    }
  }

  /** Where an empty page lies: what is before it and what is from it on. */
  function placeOf (page: Page): number {
    if (page.kind === 'after') return page.order + 1
    return page.kind === 'before' ? page.order : Number.MAX_SAFE_INTEGER
  }

  return {
    list: (id, page, limit) => {
      const topic = topics.find(id)
      if (topic === undefined) return { posts: [], older: false, newer: false }
      const posts = rowsOf(topic.number, page, limit, topic.firstUnread).map((row) => readPost(row, id))
      const first = posts[0]?.order ?? placeOf(page)
      const next = (posts.at(-1)?.order ?? first - 1) + 1
      return {
        posts,
        older: isBefore.get([topic.number, first]) !== undefined,
        newer: isFrom.get([topic.number, next]) !== undefined,
        ...(topic.firstUnread === undefined ? {} : { firstUnread: topic.firstUnread })
      }
    },

    queued: (id) => {
      const topic = topics.find(id)
      return topic === undefined ? [] : queuedPosts.all([topic.number]).map((row) => readStored(row, id))
    },

    read: (id, after, limit) => {
      const topic = topics.find(id)
      return topic === undefined ? [] : stored.all([topic.number, after ?? -Number.MAX_SAFE_INTEGER, limit]).map((row) => readStored(row, id))
    },

    payloads: (id, ids) => {
      const topic = topics.find(id)
      return ids.map((bytes) => {
        const { value } = storedId(readId(bytes))
        const row = topic === undefined ? undefined : context.search().withId(idHash(bytes)).map((pos) => proof.get([pos, topic.number])).find((each) => isSameId(each?.['id'], value))
        return row === undefined ? undefined : plainBytes(row['payload'])
      })
    },

    search: (query, { topic: id, before, limit }) => {
      const within = id === undefined ? undefined : topics.find(id)
      if (id !== undefined && within === undefined) return { hits: [], more: false, words: [] }
      const found = context.search().find(query, {
        ...(within === undefined ? {} : { topic: within.number }),
        ...(before === undefined ? {} : { before }),
        limit
      })
      const hits = found.positions.flatMap((pos) => {
        const row = one.get([pos])
        const topic = row === undefined ? undefined : topics.findByNumber(Number(row['topic']))
        if (row === undefined || topic === undefined) return []
        const [before] = down.all([topic.number, pos, 1])
        const [after] = up.all([topic.number, pos + 1, 1])
        return [{
          post: readPost(row, topic.id),
          ...(before === undefined ? {} : { before: readPost(before, topic.id) }),
          ...(after === undefined ? {} : { after: readPost(after, topic.id) })
        }]
      })
      return { hits, more: found.more, words: found.words }
    }
  }
}
