import type { Database } from './driver.ts'

/** Peers by number: a post's row carries four bytes of its author instead of 52. */
export interface Peers {
  readonly find: (id: string) => number | undefined
  /** @param now milliseconds since the Unix epoch: a new peer is known since then */
  readonly need: (id: string, now: number) => number
  /** Since when we know a peer; 0: always. */
  readonly since: (number: number) => number
  /** Counts a peer as known only from this moment on, unless it always was. */
  readonly beginAnew: (number: number, now: number) => void
  /** Counts a peer as always known. */
  readonly know: (number: number) => void
  /** The peer is named in `holder` or `held_mark`. */
  readonly marksHolder: (number: number) => void
  /** Forgets a peer of whom nothing is left; one that was always known, or holds posts of ours, stays. */
  readonly forget: (number: number) => void
  /** Notes the name that a peer signed a post with, unless a later post's is known. */
  readonly hear: (number: number, name: string, at: number) => void
  /** Most recently heard first. */
  readonly recent: (limit: number) => { readonly ids: readonly string[], readonly since: readonly number[] }
  readonly names: (limit: number) => readonly { readonly peerId: string, readonly name: string }[]
}

/** Reads and numbers the peers of a database. */
export function createPeers (db: Database): Peers {
  const select = db.prepare('select number from peer where id=?')
  const insert = db.prepare('insert into peer(id, since) values(?, ?) returning number')
  const update = db.prepare('update peer set name=?, heard=? where number=? and heard <= ?')
  const recent = db.prepare("select id, name from peer where name <> '' order by heard desc limit ?")

  const selectSince = db.prepare('select since from peer where number=?')
  const updateSince = db.prepare('update peer set since=? where number=? and since>0')
  const setKnown = db.prepare('update peer set since=0 where number=?')
  const setHolds = db.prepare('update peer set holds=1 where number=? and holds=0')
  const erase = db.prepare('delete from peer where number=? and since>0 and holds=0')
  const all = db.prepare('select id, since from peer order by heard desc limit ?')

  const find = (id: string): number | undefined => {
    const number = select.get([id])?.['number']
    return number === undefined ? undefined : Number(number)
  }

  return {
    find,
    need: (id, now) => find(id) ?? Number(insert.all([id, Math.max(1, Math.floor(now))])[0]?.['number']),
    since: (number) => Number(selectSince.get([number])?.['since'] ?? 0),
    beginAnew: (number, now) => { updateSince.run([Math.max(1, Math.floor(now)), number]) },
    know: (number) => { setKnown.run([number]) },
    marksHolder: (number) => { setHolds.run([number]) },
    forget: (number) => { erase.run([number]) },
    recent: (limit) => {
      const rows = all.all([limit])
      return { ids: rows.map((row) => String(row['id'])), since: rows.map((row) => Number(row['since'])) }
    },
    hear: (number, name, at) => { update.run([name, Math.floor(at), number, Math.floor(at)]) },
    names: (limit) => recent.all([limit]).map((row) => ({ peerId: String(row['id']), name: String(row['name']) }))
  }
}
