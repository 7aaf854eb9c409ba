import type { Database } from './driver.ts'

/** Peers by number: a post's row carries four bytes of its author instead of 52. */
export interface Peers {
  readonly find: (id: string) => number | undefined
  readonly need: (id: string) => number
  /** Notes the name that a peer signed a post with, unless a later post's is known. */
  readonly hear: (number: number, name: string, at: number) => void
  readonly names: (limit: number) => readonly { readonly peerId: string, readonly name: string }[]
}

/** Reads and numbers the peers of a database. */
export function createPeers (db: Database): Peers {
  const select = db.prepare('select number from peer where id=?')
  const insert = db.prepare('insert into peer(id) values(?) returning number')
  const update = db.prepare('update peer set name=?, heard=? where number=? and heard <= ?')
  const recent = db.prepare("select id, name from peer where name <> '' order by heard desc limit ?")

  const find = (id: string): number | undefined => {
    const number = select.get([id])?.['number']
    return number === undefined ? undefined : Number(number)
  }

  return {
    find,
    need: (id) => find(id) ?? Number(insert.all([id])[0]?.['number']),
    hear: (number, name, at) => { update.run([name, Math.floor(at), number, Math.floor(at)]) },
    names: (limit) => recent.all([limit]).map((row) => ({ peerId: String(row['id']), name: String(row['name']) }))
  }
}
