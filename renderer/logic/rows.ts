import type { Post } from '../../preload/contract/index.ts'
import { nameOf } from './names.ts'
import { comparePlaces, type Place } from './ordering.ts'
import { startOfDay } from './time.ts'

/** Posts by one author this close together stand as a group. */
export const GROUP_MS = 5 * 60_000

/** An own post that has no id yet. */
export interface Pending { readonly clientId: string, readonly text: string, readonly time: number }

/** Something that the window itself remarks between posts. */
export interface Note { readonly id: string, readonly text: string, readonly after: Place | undefined }

/** A post as it is drawn. */
export interface PostRow {
  readonly kind: 'post'
  readonly key: string
  readonly author: string
  readonly name: string
  readonly text: string
  readonly time: number
  readonly own: boolean
  /** Delivery in words; '' on posts of others. */
  readonly state: string
  /** It waits for something: shown at all times, not only under the pointer. */
  readonly waits: boolean
  /** It opens its group: face and name are drawn. */
  readonly first: boolean
  /** It closes its group. */
  readonly last: boolean
}

export type Row =
  | PostRow
  | { readonly kind: 'day', readonly key: string, readonly at: number }
  | { readonly kind: 'new', readonly key: string }
  | { readonly kind: 'note', readonly key: string, readonly text: string }

/** How far an own post got, in words. */
export function deliveryWords (post: Pick<Post, 'delivery' | 'own'>): string {
  if (post.delivery === undefined) return ''
  return post.delivery.kind === 'queued' ? 'Waiting for somebody to be there' : `sent to ${String(post.delivery.people)}`
}

function postRow (post: Post): PostRow {
  return {
    kind: 'post',
    // The row of a pending post becomes the row of the real one, in place.
    key: post.clientId ?? post.id,
    author: post.author,
    name: nameOf(post.authorName, post.author),
    text: post.text,
    time: post.time,
    own: post.own,
    state: deliveryWords(post),
    waits: post.delivery?.kind === 'queued',
    first: true,
    last: true
  }
}

/** What rows are built from. */
export interface RowSource {
  readonly posts: readonly Post[]
  readonly pending: readonly Pending[]
  readonly notes: readonly Note[]
  /** The first post that was not read when the topic was opened. */
  readonly newFrom: string | undefined
  readonly me: { readonly peerId: string, readonly name: string }
}

/** Every row of a topic, oldest first: posts in groups, days, notes, then what is on its way. */
export function buildRows (source: RowSource): readonly Row[] {
  const rows: Row[] = []
  let day = Number.NaN
  let head: PostRow | undefined
  let left = [...source.notes]

  const put = (row: PostRow): void => {
    const newDay = startOfDay(row.time) !== day
    if (newDay) {
      day = startOfDay(row.time)
      rows.push({ kind: 'day', key: `day ${row.key}`, at: row.time })
    }
    const joins = !newDay && head !== undefined && rows.at(-1)?.kind === 'post' &&
      head.author === row.author && head.name === row.name && Math.abs(row.time - head.time) < GROUP_MS
    if (!joins) head = row
    const above = rows.at(-1)
    if (joins && above?.kind === 'post') rows[rows.length - 1] = { ...above, last: false }
    rows.push(joins ? { ...row, first: false } : row)
  }
  const putNotes = (before: Place | undefined): void => {
    const due = left.filter((note) => before === undefined || note.after === undefined || comparePlaces(note.after, before) < 0)
    left = left.filter((note) => !due.includes(note))
    for (const note of due) rows.push({ kind: 'note', key: note.id, text: note.text })
  }

  for (const post of source.posts) {
    putNotes(post)
    if (post.id === source.newFrom) rows.push({ kind: 'new', key: 'new' })
    put(postRow(post))
  }
  putNotes(undefined)
  for (const pending of source.pending) {
    put({
      kind: 'post', key: pending.clientId, author: source.me.peerId, name: nameOf(source.me.name, source.me.peerId),
      text: pending.text, time: pending.time, own: true, state: 'Posting…', waits: true, first: true, last: true
    })
  }
  return rows
}
