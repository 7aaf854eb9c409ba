import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/** What the kernel says of one of an app's processes. */
export interface Confined {
  readonly pid: number
  /** What Chromium calls it: renderer, gpu-process, zygote, utility; the app itself has no name. */
  readonly type: string
  /** 2: a filter decides on each system call. */
  readonly seccomp: string
  readonly uid: string
  /** The namespaces that it is in, by their kind. */
  readonly namespaces: Readonly<Record<'user' | 'pid' | 'net', string>>
}

/** The processes of the app that carries this mark, as the kernel knows them. */
export function processesOf (mark: string, program: string): Confined[] {
  return readdirSync('/proc').map(Number).filter((pid) => pid > 0).flatMap((pid) => {
    try {
      return describe(pid, mark, program)
    } catch {
      // It ended while it was looked at.
      return []
    }
  })
}

function describe (pid: number, mark: string, program: string): Confined[] {
  const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ')
  if (!command.includes(program) || !isMarked(pid, mark)) return []
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
  const namespace = (kind: string): string => readlinkSync(`/proc/${String(pid)}/ns/${kind}`)
  return [{
    pid,
    type: /--type=(\S+)/.exec(command)?.[1] ?? '',
    seccomp: field('Seccomp'),
    uid: field('Uid'),
    namespaces: { user: namespace('user'), pid: namespace('pid'), net: namespace('net') }
  }]
}

/** Chromium's renderers clear their environment, so a parent's mark counts too. */
function isMarked (pid: number, mark: string): boolean {
  for (let at = pid; at > 1;) {
    if (readFileSync(`/proc/${String(at)}/environ`, 'utf8').includes(`NATTER_TEST_MARK=${mark}`)) return true
    const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${String(at)}/status`, 'utf8'))?.[1] ?? '0')
    at = parent
  }
  return false
}
