import { MAX_ENTRIES, type Entry, type RangeView } from '../types.ts'
import type { Database, Row, Value } from './driver.ts'
import { idHash } from './ids.ts'
import { addTo, ascending, edgeOf, isPrefix, KEY_DIGITS, leafOf, partsOf, splitOf, tallyOf, type Leaf, type Part } from './tree-key.ts'

/**
 * A node for each range that holds posts and whose parent is split: `key` is
 * the range's digits, `depth` how many they are, so that a node's parts lie
 * side by side.
 */
export const TREE_TABLES = `
create table tree_node(
  topic integer not null,
  depth integer not null,
  key text not null,
  count integer not null,
  split integer not null,
  sum blob not null,
  primary key(topic, depth, key)) without rowid;
`

/**
 * Posts that a node holds before it is split into up to 16. Up to it the posts
 * themselves are read when somebody asks, about 0.5 µs each; in a history
 * spread over time there is then a node to about 30 posts.
 */
const SPLIT_ABOVE = 64

/**
 * Counts and sums of ranges of a topic's posts. Calls are made inside the
 * caller's transaction. `add` comes when the posts are in the table, `remove`
 * before or after they go; each post once.
 */
export interface Tree {
  readonly add: (topic: number, entries: readonly Entry[]) => void
  readonly remove: (topic: number, entries: readonly Entry[]) => void
  readonly clear: (topic: number) => void
  /** What these ranges hold, in the order asked for; those left out that are empty or are no ranges. */
  readonly ranges: (topic: number, prefixes: readonly string[]) => readonly RangeView[]
  /** What is in a range, ascending, from after `after`. */
  readonly entries: (topic: number, prefix: string, after: Entry | undefined, limit: number) => readonly Entry[]
}

interface Node extends Part {
  readonly isSplit: boolean
}

/**
 * A tree over the hexadecimal digits of {@link leafOf}'s keys, kept up to date
 * with each post. What it answers depends on the posts alone, not on the order
 * in which they came or went, nor on where nodes are split.
 */
export function createTree (db: Database): Tree {
  const find = db.prepare('select key, count, split, sum from tree_node where topic = ? and depth = ? and key = ?')
  const findParts = db.prepare('select key, count, split, sum from tree_node where topic = ? and depth = ? and key between ? and ?')
  const insert = db.prepare('insert into tree_node values (?, ?, ?, ?, ?, ?)')
  const update = db.prepare('update tree_node set count = ?, split = ?, sum = ? where topic = ? and depth = ? and key = ?')
  const remove = db.prepare('delete from tree_node where topic = ? and depth = ? and key = ?')
  const removeAll = db.prepare('delete from tree_node where topic = ?')
  // `idh` is what an id begins with: an index that has it finds the place among posts of one stamp.
  const range = 'topic = ? and (stamp, idh, id) <= (?, ?, ?) order by stamp, idh, id limit ?'
  const selectFrom = db.prepare(`select stamp, id from post where (stamp, idh, id) >= (?, ?, ?) and ${range}`)
  const selectAfter = db.prepare(`select stamp, id from post where (stamp, idh, id) > (?, ?, ?) and ${range}`)

  function entries (topic: number, prefix: string, after: Entry | undefined, limit: number): readonly Entry[] {
    const first = edgeOf(prefix, '0')
    const last = edgeOf(prefix, 'f')
    const isInside = after !== undefined && ascending(leafOf(after), leafOf(first)) >= 0
    const from = isInside ? after : first
    return (isInside ? selectAfter : selectFrom).all([...placeOf(from), topic, ...placeOf(last), limit])
      .map((row) => ({ stamp: row['stamp'] as number, id: row['id'] as Uint8Array }))
  }

  function leaves (topic: number, prefix: string): readonly Leaf[] {
    return entries(topic, prefix, undefined, Number.MAX_SAFE_INTEGER).map(leafOf)
  }

  function nodeAt (topic: number, prefix: string): Node | undefined {
    const row = find.get([topic, prefix.length, prefix])
    return row === undefined ? undefined : nodeOf(row)
  }

  function build (topic: number, prefix: string, all: readonly Leaf[]): void {
    const { count, sum } = tallyOf(all)
    const isSplit = count > SPLIT_ABOVE && prefix.length < KEY_DIGITS
    insert.run([topic, prefix.length, prefix, count, Number(isSplit), sum])
    if (isSplit) for (const part of partsOf(all, prefix.length)) build(topic, part.prefix, part.leaves)
  }

  /** Each node of a batch is read and written once, however many of its posts are in the batch. */
  function grow (topic: number, prefix: string, added: readonly Leaf[]): void {
    const node = nodeAt(topic, prefix)
    if (node === undefined) {
      build(topic, prefix, added)
      return
    }
    const depth = prefix.length
    const count = node.count + added.length
    const sum = Uint8Array.from(node.sum)
    for (const { entry } of added) addTo(sum, entry.id, 1)
    const isSplit = node.isSplit || (count > SPLIT_ABOVE && depth < KEY_DIGITS)
    update.run([count, Number(isSplit), sum, topic, depth, prefix])
    if (node.isSplit) for (const part of partsOf(added, depth)) grow(topic, part.prefix, part.leaves)
    else if (isSplit) for (const part of partsOf(leaves(topic, prefix), depth)) build(topic, part.prefix, part.leaves)
  }

  function shrink (topic: number, prefix: string, removed: readonly Leaf[]): void {
    const node = nodeAt(topic, prefix)
    if (node === undefined) return
    const depth = prefix.length
    const count = node.count - removed.length
    const sum = Uint8Array.from(node.sum)
    for (const { entry } of removed) addTo(sum, entry.id, -1)
    if (count > 0) update.run([count, Number(node.isSplit), sum, topic, depth, prefix])
    else remove.run([topic, depth, prefix])
    if (node.isSplit) for (const part of partsOf(removed, depth)) shrink(topic, part.prefix, part.leaves)
  }

  /** Parts of a split node at the first digit where it parts; leads down past nodes that have one part alone. */
  function partsBelow (topic: number, node: Node): readonly Part[] {
    let at = node
    while (at.isSplit) {
      const parts = findParts.all([topic, at.prefix.length + 1, at.prefix + '0', at.prefix + 'f']).map(nodeOf)
      const [only] = parts
      if (only === undefined || parts.length > 1) return parts.map(({ prefix, count, sum }) => ({ prefix, count, sum }))
      at = only
    }
    return splitOf(leaves(topic, at.prefix))
  }

  function view (topic: number, prefix: string): RangeView | undefined {
    const node = nodeAt(topic, prefix)
    if (node !== undefined && node.count > MAX_ENTRIES) {
      return { prefix, count: node.count, sum: node.sum, children: partsBelow(topic, node) }
    }
    // No node: a part of one that is not split, so there are few; or nothing.
    const all = leaves(topic, prefix)
    if (all.length === 0) return undefined
    const tally = { prefix, ...tallyOf(all) }
    return all.length > MAX_ENTRIES ? { ...tally, children: splitOf(all) } : { ...tally, entries: all.map(({ entry }) => entry) }
  }

  return {
    add: (topic, added) => { if (added.length > 0) grow(topic, '', added.map(leafOf).sort(ascending)) },
    remove: (topic, removed) => { if (removed.length > 0) shrink(topic, '', removed.map(leafOf).sort(ascending)) },
    clear: (topic) => { removeAll.run([topic]) },
    ranges: (topic, prefixes) => prefixes.filter(isPrefix).flatMap((prefix) => view(topic, prefix) ?? []),
    entries: (topic, prefix, after, limit) => isPrefix(prefix) ? entries(topic, prefix, after, limit) : []
  }
}

const placeOf = ({ stamp, id }: Entry): readonly Value[] => [stamp, idHash(id), id]

function nodeOf (row: Row): Node {
  return { prefix: row['key'] as string, count: row['count'] as number, isSplit: row['split'] === 1, sum: row['sum'] as Uint8Array }
}
