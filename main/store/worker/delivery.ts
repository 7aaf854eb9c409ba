import type { Post } from '../../../preload/contract/index.ts'
import type { DeliveryReport } from '../types.ts'
import type { Context } from './context.ts'
import type { Row } from './driver.ts'
import { idHash, isSameId, storedId } from './ids.ts'
import { POST_COLUMNS, POST_TABLES, readPost } from './rows.ts'

/** Moves own posts' delivery forward; see the methods of `Store`. */
export interface Deliveries {
  readonly setDelivery: (id: string, report: DeliveryReport) => Post | undefined
  readonly setHeld: (topic: string, peer: { readonly peerId: string, readonly hub: boolean }, ids: readonly string[] | 'all') => readonly Post[]
}

/**
 * Who holds a post is kept in two ways: post by post in `holder`, and as a
 * mark a peer and topic in `held_mark`, which says that all own posts up to it
 * are held. So 'all' costs what was written since it was said last.
 */
export function createDeliveries (context: Context): Deliveries {
  const { db, topics, peers } = context
  const select = `select ${POST_COLUMNS}, post.came from ${POST_TABLES} where post.own=1 and`
  const byId = db.prepare(`${select} post.idh=?`)
  const since = db.prepare(`${select} post.topic=? and post.came>? and post.stamp is not null order by post.came`)
  const setSent = db.prepare('update post set sent=? where pos=?')
  const count = {
    person: db.prepare('update post set held=held+1 where pos=?'),
    hub: db.prepare('update post set hubs=hubs+1 where pos=?')
  }
  const hold = db.prepare('insert or ignore into holder(post, peer) values(?, ?)')
  const isHeld = db.prepare('select 1 from holder where post=? and peer=?')
  const letGo = db.prepare('delete from holder where post=? and peer=?')
  const mark = db.prepare('select came from held_mark where topic=? and peer=?')
  const setMark = db.prepare('insert or replace into held_mark(topic, peer, came) values(?, ?, ?)')

  function ownPost (id: string): Row | undefined {
    const { value, bytes } = storedId(id)
    return byId.all([idHash(bytes)]).find((row) => isSameId(row['id'], value))
  }

  return {
    setDelivery: (id, { sent = 0 }) => {
      const row = ownPost(id)
      const topic = topics.findByNumber(Number(row?.['topic']))
      if (row === undefined || topic === undefined || sent <= Number(row['sent'])) return undefined
      context.transact(() => setSent.run([sent, Number(row['pos'])]))
      return readPost({ ...row, sent }, topic.id)
    },

    setHeld: (id, { peerId, hub }, ids) => {
      const topic = topics.find(id)
      if (topic === undefined) return []
      const known = peers.find(peerId)
      const upTo = known === undefined ? 0 : Number(mark.get([topic.number, known])?.['came'] ?? 0)
      if (ids === 'all' && upTo >= topic.came) return []
      const isNew = (row: Row | undefined): row is Row => row !== undefined && row['topic'] === topic.number && row['stamp'] !== null && Number(row['came']) > upTo
      const rows = ids === 'all' ? since.all([topic.number, upTo]) : ids.map(ownPost).filter(isNew)
      if (ids !== 'all' && rows.length === 0) return []

      return context.transact(() => {
        const peer = known ?? peers.need(peerId, context.now())
        peers.marksHolder(peer)
        const changed = rows.filter((row) => {
          const pos = Number(row['pos'])
          if (ids !== 'all') return hold.run([pos, peer]).changes > 0
          const counted = isHeld.get([pos, peer]) !== undefined
          // The mark says from now on what the entry said.
          if (counted) letGo.run([pos, peer])
          return !counted
        })
        for (const row of changed) count[hub ? 'hub' : 'person'].run([Number(row['pos'])])
        if (ids === 'all') setMark.run([topic.number, peer, topic.came])
        const column = hub ? 'hubs' : 'held'
        return changed.map((row) => readPost({ ...row, [column]: Number(row[column]) + 1 }, id))
      })
    }
  }
}
