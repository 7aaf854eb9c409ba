import type { Link, LinkLimit } from '../../../preload/contract/index.ts'
import { shortId } from '../names.ts'
import { clockTime } from '../time.ts'
import { bestLink, type Seen } from './roster.ts'
import { bytesWords, limitWords, roleWords, roundTripWords, sumOf, topicWords, transportWords, wayWords } from './words.ts'

/** The table's columns, in their order; `number`: figures, which stand to the right. */
export const COLUMNS = [
  { key: 'name', title: 'Name' },
  { key: 'role', title: 'What it is' },
  { key: 'way', title: 'Way' },
  { key: 'transport', title: 'By' },
  { key: 'rtt', title: 'Round trip', number: true },
  { key: 'in', title: 'Received', number: true },
  { key: 'out', title: 'Sent', number: true },
  { key: 'left', title: 'Limit left', number: true },
  { key: 'first', title: 'First copies', number: true },
  { key: 'duplicates', title: 'Duplicates', number: true },
  { key: 'forwarded', title: 'Passed on', number: true },
  { key: 'topics', title: 'Topics' },
  { key: 'mesh', title: 'Mesh' },
  { key: 'agent', title: 'Program' },
  { key: 'since', title: 'Since', number: true },
  { key: 'id', title: 'Peer id' }
] as const satisfies readonly { readonly key: string, readonly title: string, readonly number?: boolean }[]

export type ColumnKey = (typeof COLUMNS)[number]['key']

/** A cell: what is drawn, what is copied, and what it is sorted by; undefined is last whichever way. */
export interface Cell {
  readonly text: string
  readonly copy: string
  readonly sort: number | string | undefined
}

/** Somebody in the network, however many connections there are to them. */
export interface Row {
  /** Unique, and the same as long as they are there. */
  readonly peerId: string
  readonly cells: Readonly<Record<ColumnKey, Cell>>
}

/** What the table is sorted by. */
export interface Sorting { readonly by: ColumnKey, readonly down: boolean }

const NOTHING: Cell = { text: '–', copy: '', sort: undefined }
const words = (text: string, copy = text): Cell => text === '' ? NOTHING : { text, copy, sort: text.toLocaleLowerCase() }
const figure = (value: number | undefined, write: (value: number) => string, copy: (value: number) => string = String): Cell =>
  value === undefined ? NOTHING : { text: write(value), copy: copy(value), sort: value }

/** Made once for each state of a peer, so that what did not change is not drawn again. */
const made = new WeakMap<Seen, Row>()

/** The table's rows, unsorted: one for each peer. */
export function rowsOf (all: readonly Seen[]): readonly Row[] {
  return all.map((seen) => {
    const row = made.get(seen) ?? rowOf(seen)
    made.set(seen, row)
    return row
  })
}

/** Of several connections the one that posts take speaks for the peer; bytes are those of all. The details have each. */
function rowOf ({ peerId, label, role, peer, hub }: Seen): Row {
  const links = peer?.links ?? []
  const link = peer === undefined ? undefined : bestLink(peer)
  const bytes = (what: 'bytesIn' | 'bytesOut'): number | undefined => links.length === 0 ? undefined : links.reduce((sum, each) => sum + each[what], 0)
  return {
    peerId,
    cells: {
      name: words(label),
      role: words(roleWords(role)),
      way: link === undefined ? words(`Posts through hub ${shortId(hub ?? '')}`, `Posts through hub ${hub ?? ''}`) : wayCell(link, links),
      transport: link === undefined ? NOTHING : words(transportWords(link.transport)),
      rtt: figure(link?.rtt, roundTripWords),
      in: figure(bytes('bytesIn'), bytesWords),
      out: figure(bytes('bytesOut'), bytesWords),
      left: link?.limit === undefined ? NOTHING : { text: limitWords(link.limit), copy: limitCopy(link.limit), sort: link.limit.bytes ?? link.limit.until },
      first: figure(sumOf(peer?.tallies ?? [], 'first'), String),
      duplicates: figure(sumOf(peer?.tallies ?? [], 'duplicates'), String),
      forwarded: figure(sumOf(peer?.tallies ?? [], 'forwarded'), String),
      topics: words((peer?.topics ?? []).map(topicWords).join(', ')),
      mesh: words((peer?.mesh ?? []).map(topicWords).join(', ')),
      agent: words(peer?.agent ?? ''),
      since: figure(links.length === 0 ? undefined : Math.min(...links.map(({ since }) => since)), clockTime, (at) => new Date(at).toISOString()),
      id: words(shortId(peerId), peerId)
    }
  }
}

function wayCell (best: Link, links: readonly Link[]): Cell {
  const more = links.length - 1
  const copied = [best, ...links.filter((link) => link !== best)].map(({ relay }) => relay === undefined ? 'Direct' : `Through relay ${relay}`)
  return words(`${wayWords(best.relay)}${more === 0 ? '' : `, and ${String(more)} more`}`, copied.join('; '))
}

/** A relay's limit for a program: `88000 bytes, until 2026-11-23T10:30:00.000Z`. */
function limitCopy ({ bytes, until }: LinkLimit): string {
  return [...(bytes === undefined ? [] : [`${String(bytes)} bytes`]), ...(until === undefined ? [] : [`until ${new Date(until).toISOString()}`])].join(', ')
}

/** One for all comparisons: `localeCompare` with options makes one each time. Made when it is needed, as it takes a while. */
let collator: Intl.Collator | undefined
function compare (one: string, other: string): number {
  collator ??= new Intl.Collator(undefined, { numeric: true })
  return collator.compare(one, other)
}

/** Sorts rows; equal ones stand by name, then by peer id. */
export function sortRows (rows: readonly Row[], { by, down }: Sorting): readonly Row[] {
  return [...rows].sort((a, b) => {
    const [one, other] = [a.cells[by].sort, b.cells[by].sort]
    if (one !== other) {
      if (one === undefined) return 1
      if (other === undefined) return -1
      const order = typeof one === 'string' ? compare(one, String(other)) : one - Number(other)
      if (order !== 0) return down ? -order : order
    }
    return compare(String(a.cells.name.sort), String(b.cells.name.sort)) || (a.peerId < b.peerId ? -1 : 1)
  })
}

/** Rows in an order that was held while somebody works in the table; new ones come last. */
export function inHeldOrder (rows: readonly Row[], held: readonly string[]): readonly Row[] {
  const byId = new Map(rows.map((row) => [row.peerId, row]))
  const kept = held.flatMap((id) => {
    const row = byId.get(id)
    byId.delete(id)
    return row === undefined ? [] : [row]
  })
  return [...kept, ...byId.values()]
}

/** The whole table as tab-separated values, as spreadsheets read it. */
export function tableText (rows: readonly Row[]): string {
  const line = (values: readonly string[]): string => values.map((value) => value.replace(/[\t\r\n]+/g, ' ')).join('\t')
  return [line(COLUMNS.map(({ title }) => title)), ...rows.map(({ cells }) => line(COLUMNS.map(({ key }) => cells[key].copy)))].join('\n')
}
