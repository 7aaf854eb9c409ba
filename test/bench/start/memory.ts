import { readdirSync, readFileSync } from 'node:fs'

/**
 * Memory of all processes that carry a mark, in MiB: the proportional set size,
 * in which a page that n processes share counts as an nth. Linux alone tells it.
 */
export function pssOf (mark: string): number {
  let kilobytes = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name) || !read(name, 'environ').split('\0').includes(`NATTER_TEST_MARK=${mark}`)) continue
    kilobytes += Number(/^Pss:\s+(\d+) kB/mu.exec(read(name, 'smaps_rollup'))?.[1] ?? 0)
  }
  return kilobytes / 1024
}

function read (pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended meanwhile.
    return ''
  }
}
