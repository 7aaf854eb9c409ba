import { createCounting, type Counting } from './counting.ts'
import type { Database } from './driver.ts'
import { createGone, type Gone } from './gone.ts'
import { createPeers, type Peers } from './peers.ts'
import { createSearch, createStrangersWords } from './search.ts'
import { createStrangers, type Strangers } from './strangers.ts'
import { createTopics, type Topics } from './topics.ts'
import { createTree } from './tree.ts'

/** What the parts of the store share: one database and what is known of it. */
export interface Context {
  readonly db: Database
  readonly topics: Topics
  readonly peers: Peers
  readonly gone: Gone
  readonly strangers: Strangers
  readonly counting: Counting
  readonly search: () => ReturnType<typeof createSearch>
  readonly tree: () => ReturnType<typeof createTree>
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Counts bytes of payloads in or out. */
  readonly countBytes: (change: number) => void
  readonly payloadBytes: () => number
  /** Runs work in one transaction, all or none. */
  readonly transact: <T>(work: () => T) => T
}

/** Puts the parts together over an open database. */
export function createContext (db: Database, now: () => number): Context {
  const topics = createTopics(db)
  const peers = createPeers(db)
  const text = db.prepare('select text from post where pos = ?')
  const textOf = (pos: number): string | undefined => {
    const row = text.get([pos])
    return row === undefined ? undefined : String(row['text'])
  }
  const strangersWords = createStrangersWords()
  let search = createSearch(db, { textOf, strangers: strangersWords })
  let tree = createTree(db)
  const addBytes = db.prepare("update meta set value = value + ? where name = 'payload_bytes'")
  const bytes = db.prepare("select value from meta where name = 'payload_bytes'")

  /** What was remembered of a transaction that is undone must go too. */
  function forget (): void {
    topics.reload()
    search = createSearch(db, { textOf, strangers: strangersWords })
    tree = createTree(db)
  }

  function transact<T> (work: () => T): T {
    db.exec('begin immediate')
    try {
      const value = work()
      db.exec('commit')
      return value
    } catch (error) {
      try {
        db.exec('rollback')
      } catch {
        // SQLite ended it itself, as it does where the disk is full.
      }
      try {
        forget()
      } catch {
        // The first error is the one that tells what happened.
      }
      throw error
    }
  }

  return {
    db,
    topics,
    peers,
    gone: createGone(db),
    strangers: createStrangers(db),
    counting: createCounting(db, topics),
    search: () => search,
    tree: () => tree,
    now,
    countBytes: (change) => { if (change !== 0) addBytes.run([change]) },
    payloadBytes: () => Number(bytes.get([])?.['value'] ?? 0),
    transact
  }
}
