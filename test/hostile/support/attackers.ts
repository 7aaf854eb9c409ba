import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Orders } from './attacker-process.ts'

const ENTRY = fileURLToPath(new URL('./attacker-process.ts', import.meta.url))

/** Starts an attack in a process of its own. @returns what ends it */
export function startAttack (orders: Orders): () => Promise<void> {
  const child = fork(ENTRY, { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const ended = once(child, 'close')
  const kill = (): void => { child.kill('SIGKILL') }
  process.on('exit', kill)
  child.send(orders)
  return async () => {
    process.off('exit', kill)
    child.kill('SIGKILL')
    await ended
  }
}
