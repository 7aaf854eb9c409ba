import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Linux counts memory in the first version of control groups; the second counts it with the rest. */
const HIERARCHY = '/sys/fs/cgroup/memory'

/** Where the memory of a machine is counted, so that limits hold in it and nothing of it is left in ours. */
export interface MemoryGroup {
  /** What stands before a command, so that it is counted here. */
  readonly enter: readonly string[]
  readonly remove: () => void
}

/** Makes one below our own; in the second version systemd-nspawn does so itself. */
export function makeMemoryGroup (): MemoryGroup {
  if (!existsSync(join(HIERARCHY, 'cgroup.procs'))) return { enter: [], remove: () => {} }
  const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'
  const folder = mkdtempSync(join(HIERARCHY, own, 'natter-machine-'))
  return {
    enter: ['sh', '-c', 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"', 'sh', folder],
    // From the inside out: only groups without others in them can go.
    remove: () => { execFileSync('find', [folder, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']) }
  }
}
