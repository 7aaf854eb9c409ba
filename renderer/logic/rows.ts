import type { Post } from '../../preload/contract/index.ts'
import { deliveryWords } from './delivery.ts'
import { nameOf } from './names.ts'
import type { Stretch } from './stretch.ts'
import { startOfDay } from './time.ts'

/** Posts by one author this close together stand as a group. */
export const GROUP_MS = 5 * 60_000

/** An own post that has no id yet. */
export interface Pending { readonly clientId: string, readonly text: string, readonly time: number }

/** Something that the window itself remarks after the post with this `order`, or before all posts. */
export interface Note { readonly id: string, readonly text: string, readonly after: number | undefined }

/** A post as it is drawn. */
export interface PostRow {
  readonly kind: 'post'
  readonly key: string
  /** The post's place; undefined while it has none. */
  readonly order: number | undefined
  readonly author: string
  readonly name: string
  /** The name as it was signed, or ''. */
  readonly signedName: string
  readonly text: string
  readonly time: number
  readonly own: boolean
  /** Somebody else's, and it names us. */
  readonly mention: boolean
  /** Delivery in a few words; '' on posts of others. */
  readonly state: string
  /** Delivery as a sentence. */
  readonly stateFull: string
  /** It waits for something: shown at all times, not only under the pointer. */
  readonly waits: boolean
  /** It opens its group: face and name are drawn. */
  readonly first: boolean
  /** It closes its group. */
  readonly last: boolean
  /** Its day is written above it: the time to name it by. */
  readonly day: number | undefined
  /** The line above what is new stands above it. */
  readonly isNew: boolean
}

/** One row a post, so that what is put before or after it never moves the others' numbers. */
export type Row = PostRow | { readonly kind: 'note', readonly key: string, readonly text: string }

function postRow (post: Post, isNew: boolean): PostRow {
  const words = post.delivery === undefined ? { short: '', full: '' } : deliveryWords(post.delivery)
  return {
    kind: 'post',
    // The row of a pending post becomes the row of the real one, in place.
    key: post.clientId ?? post.id,
    order: post.order,
    author: post.author,
    name: nameOf(post.authorName, post.author),
    signedName: post.authorName,
    text: post.text,
    time: post.time,
    own: post.own,
    mention: post.mention === true,
    state: words.short,
    stateFull: words.full,
    waits: post.delivery?.kind === 'queued',
    first: true,
    last: true,
    day: undefined,
    isNew
  }
}

/** What rows are built from. */
export interface RowSource extends Stretch {
  readonly pending: readonly Pending[]
  readonly notes: readonly Note[]
  /** `order` of the first post that was not read when the topic was opened. */
  readonly newFrom: number | undefined
  readonly me: { readonly peerId: string, readonly name: string }
}

/** Every row of a stretch, oldest first: posts in groups with their days, notes, then what is on its way. */
export function buildRows (source: RowSource): readonly Row[] {
  const rows: Row[] = []
  let day = Number.NaN
  let head: PostRow | undefined
  let marked = source.newFrom === undefined

  const put = (row: PostRow): void => {
    const newDay = startOfDay(row.time) !== day
    if (newDay) day = startOfDay(row.time)
    const above = rows.at(-1)
    const joins = !newDay && !row.isNew && head !== undefined && above?.kind === 'post' &&
      head.author === row.author && head.name === row.name && Math.abs(row.time - head.time) < GROUP_MS
    if (!joins) head = row
    else rows[rows.length - 1] = { ...above, last: false }
    rows.push({ ...row, first: !joins, day: newDay ? row.time : undefined })
  }

  let notes = source.notes.filter((note) => belongs(note, source))
  const putNotes = (before: number): void => {
    const due = notes.filter((note) => (note.after ?? -Infinity) < before)
    notes = notes.filter((note) => !due.includes(note))
    for (const note of due) rows.push({ kind: 'note', key: note.id, text: note.text })
  }

  for (const post of source.posts) {
    putNotes(post.order)
    const isNew = !marked && source.newFrom !== undefined && post.order >= source.newFrom
    if (isNew) marked = true
    put(postRow(post, isNew))
  }
  // Where newer posts are not here, nothing stands at the end of what is.
  if (source.newer) return rows
  putNotes(Infinity)
  for (const pending of source.pending) {
    put({
      kind: 'post', key: pending.clientId, order: undefined, author: source.me.peerId, name: nameOf(source.me.name, source.me.peerId), signedName: source.me.name,
      text: pending.text, time: pending.time, own: true, mention: false, state: 'Posting…', stateFull: 'Posting…', waits: true,
      first: true, last: true, day: undefined, isNew: false
    })
  }
  return rows
}

/** A note stands beside the post that it followed, or nowhere while that one is not here. */
function belongs (note: Note, { posts, older, newer }: Stretch): boolean {
  const first = posts[0]?.order ?? -Infinity
  const last = posts.at(-1)?.order ?? Infinity
  const after = note.after ?? -Infinity
  return (!older || after >= first) && (!newer || after < last)
}
