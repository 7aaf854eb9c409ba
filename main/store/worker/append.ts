import type { Post } from '../../../preload/contract/index.ts'
import type { Appended, Entry, NewPost } from '../types.ts'
import type { Context } from './context.ts'
import type { Row } from './driver.ts'
import { idHash, isSameId, storedId } from './ids.ts'
import { createPlacer } from './place.ts'
import { limitFor, sizeOnDisk } from './size.ts'
import { dayOf } from './strangers.ts'
import type { SearchablePost } from './search.ts'
import { deliveryColumns } from './rows.ts'
import { stampCounts, type TopicRow } from './topics.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** A post of the batch, or an older one that had to make room, with the place where it ends up. */
interface Placed { readonly topic: number, readonly idh: number, readonly author: number, readonly text: string, readonly isBrief: boolean, pos: number }

/** What became of a post. */
type Kept = { readonly post: NewPost['post'], readonly placed: Placed } | 'known' | 'unwanted'

/** Keeps posts. The caller holds the transaction. */
export function createAppender (context: Context): (appends: readonly (readonly NewPost[])[]) => readonly Appended[] {
  const { db, topics, peers, gone, strangers } = context
  const place = createPlacer(db)
  const known = db.prepare('select id from post where topic=? and stamp=? and idh=?')
  const knownUnstamped = db.prepare('select id from post where stamp is null and idh=?')
  const insert = db.prepare('insert into post(pos, topic, stamp, idh, id, author, name, time, own, came, sent, held, hubs, text, payload) values(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)')
  const select = db.prepare('select topic, idh, author, text from post where pos=?')
  const move = db.prepare('update post set pos=pos+1 where pos=?')
  const moveHolders = db.prepare('update holder set post=post+1 where post=?')

  return (appends) => {
    /** Changed rows of topics: each is written once, at the end. */
    const drafts = new Map<string, TopicRow>()
    const heard = new Map<string, { readonly name: string, readonly at: number }>()
    const authors = new Map<string, number>()
    const indexed = new Map<number, Placed>()
    const unindexed: SearchablePost[] = []
    const entries = new Map<number, Entry[]>()
    let bytes = 0

    function authorOf (id: string): number {
      const number = authors.get(id) ?? peers.need(id, context.now())
      authors.set(id, number)
      return number
    }

    /** Topic and stamp are what the id is a hash of, so a post with it can be nowhere else. */
    function postsOfId (id: string, stamp: number | undefined, idh: number): readonly Row[] {
      if (stamp === undefined) return knownUnstamped.all([idh])
      const topic = topics.find(id)
      return topic === undefined ? [] : known.all([topic.number, stamp, idh])
    }

    /** Moves a post one place on, and all that goes by its place. */
    function displace (pos: number): void {
      const row = select.get([pos])
      const topic = Number(row?.['topic'])
      move.run([pos])
      moveHolders.run([pos])
      strangers.displace(pos)
      const placed = indexed.get(pos) ?? { topic, idh: Number(row?.['idh']), author: Number(row?.['author']), text: String(row?.['text']), isBrief: false, pos }
      if (!indexed.delete(pos)) unindexed.push({ ...placed })
      placed.pos = pos + 1
      indexed.set(pos + 1, placed)
      const owner = topics.findByNumber(topic)
      const draft = owner === undefined ? undefined : drafts.get(owner.id) ?? owner
      if (draft?.firstUnread === pos) drafts.set(draft.id, { ...draft, firstUnread: pos + 1 })
    }

    function keep ({ post, at, stamp: carried, payload, stranger = false, insists = false }: NewPost): Kept {
      const id = storedId(post.id)
      // What is handed on is known by the hash of its envelope; another id cannot be in the tree.
      const stamp = id.value instanceof Uint8Array ? carried : undefined
      const idh = idHash(id.bytes)
      if (postsOfId(post.topic, stamp, idh).some((row) => isSameId(row['id'], id.value))) return 'known'
      const days = (drafts.get(post.topic) ?? topics.find(post.topic))?.keepDays ?? null
      if (days !== null && at < context.now() - days * DAY_MS) return 'unwanted'
      let topic = drafts.get(post.topic) ?? topics.need(post.topic)
      if (topic.gone > 0 && stamp !== undefined && gone.has(topic.number, { stamp, id: id.bytes })) {
        if (!insists) return 'unwanted'
        topic = gone.remove(topic, { stamp, id: id.bytes })
      }
      drafts.set(post.topic, topic)

      const { pos, displaced } = place(at, id.bytes)
      for (const other of displaced) displace(other)
      const { sent, held, hubs } = deliveryColumns(post.own ? post.delivery : undefined)
      const current = drafts.get(post.topic) ?? topic
      const came = current.came + 1
      const author = authorOf(post.author)
      insert.run([pos, topic.number, stamp ?? null, idh, id.value, author, post.authorName, post.time, Number(post.own), came, sent, held, hubs, post.text, payload])

      const placed = { topic: topic.number, idh, author, text: post.text, isBrief: stranger, pos }
      indexed.set(pos, placed)
      bytes += payload.byteLength
      const size = sizeOnDisk(payload.byteLength, Buffer.byteLength(post.text))
      if (stranger) strangers.add(pos, topic.number, dayOf(context.now()), size)
      if (stamp !== undefined) {
        const list = entries.get(topic.number) ?? []
        list.push({ stamp, id: id.bytes })
        entries.set(topic.number, list)
        if ((heard.get(post.author)?.at ?? -Infinity) <= at) heard.set(post.author, { name: post.authorName, at })
      }
      drafts.set(post.topic, {
        ...current,
        came,
        bytes: current.bytes + size,
        maxBytes: insists && current.maxBytes !== null ? Math.max(current.maxBytes, limitFor(current.bytes + size)) : current.maxBytes,
        newestStamp: stamp !== undefined && stampCounts(stamp, pos) ? Math.max(stamp, current.newestStamp) : current.newestStamp,
        ...(post.own ? {} : { unread: current.unread + 1, firstUnread: Math.min(pos, current.firstUnread ?? Infinity) })
      })
      return { post, placed }
    }

    const kept = appends.map((posts) => posts.map(keep))
    for (const row of drafts.values()) topics.save(row)
    for (const [author, { name, at }] of heard) peers.hear(authorOf(author), name, at)
    if (unindexed.length > 0) context.search().remove(unindexed)
    if (indexed.size > 0) context.search().add([...indexed.values()])
    for (const [topic, list] of entries) context.tree().add(topic, list)
    context.countBytes(bytes)
    return kept.map((posts) => ({
      posts: posts.map((one) => typeof one === 'string' ? undefined : shown(one.post, one.placed.pos)),
      unwanted: posts.flatMap((one, at) => one === 'unwanted' ? [at] : [])
    }))
  }
}

function shown (post: NewPost['post'], order: number): Post {
  return { ...post, order }
}
