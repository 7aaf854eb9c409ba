import type { PostRow, Row } from './rows.ts'

/** The first row from `from` on that shows its author's name, else the last before it; its key. */
export function headOf (rows: readonly Row[], from: number): string | undefined {
  const at = rows.findIndex((row, i) => i >= from && isHead(row))
  return rows[at < 0 ? rows.findLastIndex(isHead) : at]?.key
}

/** The next row that shows its author's name, up (-1) or down (1) from the row of this key; undefined at the end. */
export function nextHead (rows: readonly Row[], key: string | undefined, by: -1 | 1): string | undefined {
  const at = rows.findIndex((row) => row.key === key)
  if (at < 0) return undefined
  return (by > 0 ? rows.find((row, i) => i > at && isHead(row)) : rows.findLast((row, i) => i < at && isHead(row)))?.key
}

/** The next post, up (-1) or down (1) from the row of this key; undefined at the end. */
export function nextPost (rows: readonly Row[], key: string | undefined, by: -1 | 1): PostRow | undefined {
  const at = rows.findIndex((row) => row.key === key)
  if (at < 0) return undefined
  return by > 0 ? rows.find((row, i): row is PostRow => i > at && row.kind === 'post') : rows.findLast((row, i): row is PostRow => i < at && row.kind === 'post')
}

function isHead (row: Row): boolean {
  return row.kind === 'post' && row.first
}
