import type { Simulation } from '../../../preload/contract/index.ts'

/**
 * The figures of a simulation as CSV (RFC 4180): one line a protocol, with the
 * copies of a post that came to each node at the end of it. Numbers are whole
 * or have a point; none is rounded. `delivered` is a share, times are milliseconds.
 */
export function writeCsv ({ request, results }: Pick<Simulation, 'request' | 'results'>): string {
  const nodes = Math.max(0, ...results.map(({ copies }) => copies.length))
  const head = ['network', 'nodes', 'neighbours', 'posts', 'protocol', 'delivered', 'duplicates_per_post_and_node', 'bytes_per_post_and_node', 'p50_ms', 'p99_ms', ...Array.from({ length: nodes }, (_, node) => `copies_per_post_at_node_${String(node + 1)}`)]
  const lines = results.map((row) => [
    request.graph.kind, row.nodes, row.degree, request.posts, row.protocol, row.delivered, row.duplicatesPerPost, row.bytesPerPost, row.p50Ms, row.p99Ms, ...row.copies
  ])
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('')
}
