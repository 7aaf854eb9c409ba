import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Orders } from './attacker-process.ts'
import type { VisitOrders } from './visitor-process.ts'

const ATTACKER = fileURLToPath(new URL('./attacker-process.ts', import.meta.url))
const VISITOR = fileURLToPath(new URL('./visitor-process.ts', import.meta.url))

interface Others {
  /** What it says first. */
  readonly said: Promise<unknown>
  readonly stop: () => Promise<void>
}

/** Starts an attack in a process of its own. @returns what ends it */
export function startAttack (orders: Orders): () => Promise<void> {
  return start(ATTACKER, orders).stop
}

/** Starts peers that come and leave, in a process of its own; `done` tells how many came. */
export function startVisitors (orders: VisitOrders): { readonly done: Promise<unknown>, readonly stop: () => Promise<void> } {
  const { said, stop } = start(VISITOR, orders)
  return { done: said, stop }
}

function start (entry: string, orders: object): Others {
  const child = fork(entry, { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const ended = once(child, 'close')
  const said = Promise.race([once(child, 'message').then(([message]) => message as unknown), ended.then(() => undefined)])
  const kill = (): void => { child.kill('SIGKILL') }
  process.on('exit', kill)
  child.send(orders)
  return {
    said,
    stop: async () => {
      process.off('exit', kill)
      child.kill('SIGKILL')
      await ended
    }
  }
}
