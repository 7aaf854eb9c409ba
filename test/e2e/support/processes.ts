import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Chromium's crash handler and zygotes notice the end of the browser process a moment later. */
const graceMs = 5_000

interface Process {
  readonly pid: number
  readonly command: string
}

/** Processes whose environment carries the mark: the app with all that it started. Linux only; elsewhere none. */
function findMarked(mark: string): Process[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && readOf(pid, 'environ').includes(`NATTER_TEST_MARK=${mark}`))
    .map((pid) => ({ pid, command: readOf(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    // A process that has ended and waits for its parent has no command line.
    .filter(({ command }) => command !== '')
}

function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** Waits for the marked processes to end. @throws Error naming those that did not. */
export async function waitUntilGone(mark: string): Promise<void> {
  const deadline = Date.now() + graceMs
  for (;;) {
    const left = findMarked(mark)
    if (left.length === 0) return
    if (Date.now() > deadline) {
      throw new Error(`the app left processes behind:\n${left.map(({ pid, command }) => `${String(pid)} ${command}`).join('\n')}`)
    }
    await sleep(50)
  }
}

/** Ends whatever still carries the mark, at once. */
export function killMarked(mark: string): void {
  for (const { pid } of findMarked(mark)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself in the meantime.
    }
  }
}
