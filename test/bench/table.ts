import type { CountersRow } from './counters/measure.ts'
import type { HistoryRow } from './history.ts'
import type { MeshFigures } from './mesh/measure.ts'
import type { PathsRow } from './paths.ts'
import type { ViewRow } from './network-view.ts'
import type { ReconcileRow } from './reconcile.ts'
import type { CircuitRow, RelayRow } from './relay/measure.ts'
import type { StartFigures } from './start/start.ts'

const COLUMNS = [
  ['openP95Ms', 'open p95, ms'],
  ['pageP95Ms', 'page p95, ms'],
  ['searchP95Ms', 'search p95, ms'],
  ['insertUs', 'insert, µs a post'],
  ['transactionP95Ms', 'transaction p95, ms'],
  ['unreadMs', 'unread p95, ms']
] as const

const WIDTH = 22

/** A table for people: a line a figure, a column a size, and the last size against the first. */
export function historyTable (rows: readonly HistoryRow[]): string {
  const first = rows[0]
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return ''
  const head = line('posts', [...rows.map(({ posts }) => posts.toLocaleString('en')), 'last : first'])
  const body = COLUMNS.map(([key, title]) => line(title, [
    ...rows.map((row) => row[key].toFixed(row[key] < 0.1 ? 4 : 2)),
    (last[key] / first[key]).toFixed(1)
  ]))
  return [head, ...body].join('\n')
}

/** A line for each difference between two histories. */
export function reconcileTable (rows: readonly ReconcileRow[]): string {
  const whole = (value: number): string => value.toLocaleString('en')
  return [
    line('posts in each', ['differ', 'bytes beyond', 'round trips', 'ms']),
    ...rows.map(({ posts, differ, bytesBeyondPosts, roundTrips, ms }) => line(whole(posts), [whole(differ), whole(bytesBeyondPosts), whole(roundTrips), ms.toFixed(1)]))
  ].join('\n')
}

/** What a start costs, beside the bars that it is held to. */
export function startTable ({ emptyMs, natterMs, ratio, emptyPssMiB, natterPssMiB, isCold }: StartFigures): string {
  return [
    line(isCold ? 'start, cold disk' : 'start, warm disk', ['empty window', 'Natter', 'ratio', 'bar']),
    line('usable, ms', [emptyMs.toFixed(0), natterMs.toFixed(0), ratio.toFixed(2), '1.3']),
    line('memory (PSS), MiB', [emptyPssMiB.toFixed(0), natterPssMiB.toFixed(0), (natterPssMiB / emptyPssMiB).toFixed(2), '1.5'])
  ].join('\n')
}

/** What clients cost a relay and what they get from it: a line a run. */
export function relayTable (rows: readonly RelayRow[]): string {
  return [
    line('clients', ['protocol', 'kB a client', 'place p99, ms', 'delivered', 'post p99, ms']),
    ...rows.map(({ clients, protocol, bytesPerClient, reserveP99Ms, delivered, p99Ms }) => line(clients.toLocaleString('en'), [
      protocol, (bytesPerClient / 1_000).toFixed(0), reserveP99Ms.toFixed(1), `${(delivered * 100).toFixed(2)} %`, p99Ms.toFixed(1)
    ]))
  ].join('\n')
}

/** The way through a relay beside the direct one. */
export function circuitTable (rows: readonly CircuitRow[]): string {
  return [
    line('circuits at once', ['direct, MiB/s', 'circuit, MiB/s', 'ratio']),
    ...rows.map(({ circuits, directMiBs, circuitMiBs, ratio }) => line(String(circuits), [directMiBs.toFixed(0), circuitMiBs.toFixed(0), ratio.toFixed(2)]))
  ].join('\n')
}

/** The protocols side by side: a line a contender and size. */
export function meshTable ({ rows, defaults }: MeshFigures): string {
  const all = [...rows, ...defaults].sort((a, b) => a.nodes - b.nodes)
  return [
    line('nodes, degree', ['protocol', 'delivered', 'dup. a post', 'bytes a post', 'p50, ms', 'p99, ms', 'CPU ms / 1000']),
    ...all.map((row) => line(`${String(row.nodes)}, ${String(row.degree)}`, [
      row.protocol.replace('gossipsub-stock', '(its defaults)'), `${(row.delivered * 100).toFixed(2)} %`, row.duplicatesPerPost.toFixed(2), row.bytesPerPost.toFixed(0),
      row.p50Ms.toFixed(1), row.p99Ms.toFixed(1), row.cpuMsPer1000.toFixed(0)
    ]))
  ].join('\n')
}

/** What became of circuits between networks of two kinds. */
export function pathsTable (rows: readonly PathsRow[]): string {
  return [
    line('called × caller', ['direct', 'relayed', 'failed', 'median, ms', 'longest, ms']),
    ...rows.map(({ networks, runs, direct, relayed, failed, medianMs, longestMs }) => line(networks, [`${direct} of ${runs}`, String(relayed), String(failed), medianMs?.toFixed(0) ?? '', longestMs?.toFixed(0) ?? '']))
  ].join('\n')
}

/** How smoothly the view of the network draws 200 peers: a line for what goes on meanwhile. */
export function viewTable (rows: readonly ViewRow[]): string {
  return [
    line('200 peers, and', ['drawn a second', 'frames', 'p95, ms']),
    ...rows.map(({ what, drawn, frames, p95Ms }) => line(what, [drawn.toFixed(0), frames.toFixed(0), p95Ms.toFixed(1)]))
  ].join('\n')
}

/** What counting costs who receives: a line for each protocol and number of neighbours. */
export function countersTable (rows: readonly CountersRow[]): string {
  return [
    line('protocol, neighbours', ['pairs', 'copies a post', 'CPU ms / 1000', 'counted: more', 'uncertain by']),
    ...rows.map(({ protocol, neighbours, pairs, copies, cpuMsPer1000, more, uncertain }) => line(`${protocol}, ${neighbours}`, [
      pairs.toLocaleString('en'), copies.toFixed(2), cpuMsPer1000.toFixed(0), `${(more * 100).toFixed(2)} %`, `${(uncertain * 100).toFixed(2)} %`
    ]))
  ].join('\n')
}

function line (title: string, cells: readonly string[]): string {
  return title.padEnd(WIDTH) + cells.map((cell) => cell.padStart(14)).join('')
}
