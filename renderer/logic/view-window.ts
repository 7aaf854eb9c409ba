/** Rows added at once when the reader comes near an edge. */
export const STEP = 100
/** The most rows that stand in the page. */
export const MOST = 300

/** Which part of a topic's rows stands in the page. */
export interface ViewWindow {
  /** Key of the last row that is drawn; undefined while the newest one is. */
  readonly end: string | undefined
  readonly count: number
}

interface Keyed { readonly key: string }

/** The newest rows. */
export const NEWEST: ViewWindow = { end: undefined, count: STEP }

/** Where the drawn part lies, as indexes. */
export function span (rows: readonly Keyed[], view: ViewWindow): { readonly from: number, readonly to: number } {
  const at = view.end === undefined ? -1 : rows.findLastIndex((row) => row.key === view.end)
  const to = at < 0 ? rows.length : at + 1
  return { from: Math.max(0, to - view.count), to }
}

/** The same part, held where it is while newer rows come. */
export function hold (rows: readonly Keyed[], view: ViewWindow): ViewWindow {
  const { from, to } = span(rows, view)
  return { end: rows[to - 1]?.key, count: Math.max(STEP, to - from) }
}

/** Further up: rows are added above, and those far below leave the page. */
export function further (rows: readonly Keyed[], view: ViewWindow): ViewWindow {
  const { from, to } = span(rows, view)
  const start = Math.max(0, from - STEP)
  const stop = Math.min(to, start + MOST)
  return { end: rows[stop - 1]?.key, count: Math.max(STEP, stop - start) }
}

/** Back down: rows are added below, and those far above leave the page. */
export function nearer (rows: readonly Keyed[], view: ViewWindow): ViewWindow {
  const { from, to } = span(rows, view)
  const stop = Math.min(rows.length, to + STEP)
  const start = Math.max(from, stop - MOST)
  return { end: stop === rows.length ? undefined : rows[stop - 1]?.key, count: Math.max(STEP, stop - start) }
}
