import type { Push } from '../../../preload/contract/index.ts'
import type { Pushes } from '../push.ts'
import type { Log } from './log.ts'

/** From now on what goes to `console.warn` and `console.error` goes to the log as well. */
export function logConsole (log: Pick<Log, 'write'>, target: Pick<Console, 'warn' | 'error'> = console): void {
  for (const level of ['warn', 'error'] as const) {
    const before = target[level].bind(target)
    target[level] = (...words: unknown[]) => {
      before(...words)
      log.write({ kind: 'problem', words })
    }
  }
}

/**
 * A terminal that was closed, or a program that no longer reads what we say,
 * makes each further word to it an error that nobody would catch.
 */
export function outliveTerminal (streams: readonly Pick<NodeJS.EventEmitter, 'on'>[] = [process.stdout, process.stderr]): void {
  for (const stream of streams) stream.on('error', () => {})
}

/** The same pushes; of some of them the log takes note. */
export function logPushes (pushes: Pushes, log: Pick<Log, 'write'>): Pushes {
  let reachability = ''
  const push: Pushes['push'] = (event, value) => {
    // The two types are tied by the generic, which an object literal loses.
    note({ event, value } as Push)
    pushes.push(event, value)
  }

  function note (pushed: Push): void {
    switch (pushed.event) {
      case 'phase:change':
        log.write({ kind: 'phase', phase: pushed.value })
        return
      case 'update:change':
        if (pushed.value.kind !== 'downloading') log.write({ kind: 'update', update: pushed.value })
        return
      case 'reachability:change': {
        const { state, through } = pushed.value
        const now = [state, ...through.map(({ relay }) => relay)].join(' ')
        if (now !== reachability) log.write({ kind: 'reachability', reachability: pushed.value })
        reachability = now
        return
      }
      default:
    }
  }
  return { ...pushes, push }
}
