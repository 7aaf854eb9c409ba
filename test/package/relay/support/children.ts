import { readFileSync } from 'node:fs'

/** Processes that a process started, the first one first. */
export function childrenOf (pid: number): number[] {
  try {
    return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').trim().split(' ').filter((text) => text !== '').map(Number)
  } catch {
    return []
  }
}
