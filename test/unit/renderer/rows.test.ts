import { describe, expect, it } from 'vitest'
import type { Post } from '../../../preload/contract/index.ts'
import { buildRows, type PostRow, type Row, type RowSource } from '../../../renderer/logic/rows.ts'

const NOON = new Date(2026, 10, 21, 12).getTime()
const minute = 60_000

function post (id: string, author: string, at: number, more: Partial<Post> = {}): Post {
  return { id, topic: 't', author, authorName: author, time: at, order: at, text: id, own: false, ...more }
}

function rows (source: Partial<RowSource>): readonly Row[] {
  return buildRows({ posts: [], older: false, newer: false, pending: [], notes: [], newFrom: undefined, me: { peerId: 'me', name: 'Me' }, ...source })
}

const posts = (all: readonly Row[]): readonly PostRow[] => all.filter((row) => row.kind === 'post')
/** d: a day above it, n: the line above what is new, P: opens a group, p: joins it, -: a note. */
const shape = (all: readonly Row[]): string => all.map((row) => row.kind === 'note'
  ? '-'
  : `${row.day === undefined ? '' : 'd'}${row.isNew ? 'n' : ''}${row.first ? 'P' : 'p'}`).join('')

describe('rows', () => {
  it('group what one author posts within five minutes of the first', () => {
    const all = rows({ posts: [post('a', 'x', NOON), post('b', 'x', NOON + 4 * minute), post('c', 'x', NOON + 6 * minute), post('d', 'y', NOON + 6 * minute)] })
    expect(shape(all)).toBe('dPpPP')
    expect(posts(all).map((row) => row.last)).toEqual([false, true, true, true])
  })

  it('do not group across days, names, notes or the line above what is new', () => {
    const midnight = new Date(2026, 10, 22).getTime()
    expect(shape(rows({ posts: [post('a', 'x', midnight - 1), post('b', 'x', midnight + 1)] }))).toBe('dPdP')
    expect(shape(rows({ posts: [post('a', 'x', NOON), post('b', 'x', NOON + 1, { authorName: 'Z' })] }))).toBe('dPP')
    expect(shape(rows({ posts: [post('a', 'x', NOON), post('b', 'x', NOON + 1)], newFrom: NOON + 1 }))).toBe('dPnP')
    const note = { id: 'n', text: 'You switched to Floodsub.', after: NOON }
    expect(shape(rows({ posts: [post('a', 'x', NOON), post('b', 'x', NOON + 1)], notes: [note] }))).toBe('dP-P')
    expect(shape(rows({ posts: [post('a', 'x', NOON)], notes: [note] }))).toBe('dP-')
  })

  it('mark the posts that name us', () => {
    expect(posts(rows({ posts: [post('a', 'x', NOON), post('b', 'x', NOON + 1, { mention: true })] })).map((row) => row.mention)).toEqual([false, true])
  })

  it('mark the first new post that is here, also where that one itself is gone', () => {
    expect(shape(rows({ posts: [post('a', 'x', NOON), post('c', 'y', NOON + 3)], newFrom: NOON + 2 }))).toBe('dPnP')
    expect(shape(rows({ posts: [post('a', 'x', NOON)], newFrom: NOON + 2 }))).toBe('dP')
  })

  it('show a pending post last, under the key that its real row takes over', () => {
    const pending = { clientId: 'c1', text: 'hi', time: NOON + 2 }
    const before = rows({ posts: [post('a', 'me', NOON, { authorName: 'Me', own: true, delivery: { kind: 'queued' } })], pending: [pending] })
    const after = rows({ posts: [post('real', 'me', NOON + 2, { own: true, clientId: 'c1', delivery: { kind: 'sent', people: 3 } })] })
    expect(posts(before).at(-1)).toMatchObject({ key: 'c1', state: 'Posting…', first: false })
    expect(posts(after).at(-1)).toMatchObject({ key: 'c1', state: 'sent to 3', stateFull: 'Sent to 3 people', waits: false })
  })

  it('put nothing at the end of a stretch whose newer posts are elsewhere', () => {
    const pending = { clientId: 'c1', text: 'hi', time: NOON + 2 }
    const notes = [{ id: 'in', text: 'in', after: NOON }, { id: 'end', text: 'end', after: NOON + 1 }, { id: 'far', text: 'far', after: NOON + 99 }, { id: 'old', text: 'old', after: NOON - 1 }]
    const here = [post('a', 'x', NOON), post('b', 'x', NOON + 1)]
    const between = rows({ posts: here, older: true, newer: true, pending: [pending], notes })
    expect(shape(between)).toBe('dP-P')
    expect(shape(rows({ posts: here, pending: [pending], notes }))).toBe('-dP-P--P')
  })
})
