import { expect, it } from 'vitest'
import { headOf, nextHead, nextPost } from '../../../renderer/logic/heads.ts'
import type { Row } from '../../../renderer/logic/rows.ts'

const row = (key: string, first: boolean): Row => ({
  kind: 'post', key, order: 1, author: 'a', name: 'A', signedName: 'A', text: '', time: 0, own: false, mention: false,
  state: '', stateFull: '', waits: false, first, last: false, day: undefined, isNew: false
})
const rows: readonly Row[] = [{ kind: 'note', key: 'note', text: '' }, row('a', true), row('b', false), row('c', true), row('d', false)]

it('finds the first name in sight, and the last one where none follows', () => {
  expect(headOf(rows, 0)).toBe('a')
  expect(headOf(rows, 2)).toBe('c')
  expect(headOf(rows, 4)).toBe('c')
  expect(headOf(rows.slice(0, 1), 0)).toBeUndefined()
  expect(headOf([], 0)).toBeUndefined()
})

it('goes from name to name and stops at the ends', () => {
  expect(nextHead(rows, 'a', 1)).toBe('c')
  expect(nextHead(rows, 'd', -1)).toBe('c')
  expect(nextHead(rows, 'c', 1)).toBeUndefined()
  expect(nextHead(rows, 'a', -1)).toBeUndefined()
  expect(nextHead(rows, 'gone', 1)).toBeUndefined()
})

it('goes from post to post, over what the window remarks', () => {
  const keys = (key: string, by: -1 | 1): string | undefined => nextPost(rows, key, by)?.key
  expect([keys('a', 1), keys('b', 1), keys('d', 1), keys('c', -1), keys('a', -1), keys('note', 1), keys('gone', 1)]).toEqual(['b', 'c', undefined, 'b', undefined, 'a', undefined])
})
