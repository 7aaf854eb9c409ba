import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Answer, Call, CrowdCalls } from './crowd-process.ts'

const ENTRY = fileURLToPath(new URL('./crowd-process.ts', import.meta.url))

/** Clients in a process of their own. */
export interface Crowd extends CrowdCalls {
  /** Stands still: nothing is answered, no connection ends. */
  readonly freeze: () => void
  readonly stop: () => Promise<void>
}

/** Starts a process that holds no client yet. */
export function startCrowd (): Crowd {
  const child = fork(ENTRY, { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const ended = once(child, 'close')
  const kill = (): void => { child.kill('SIGKILL') }
  process.on('exit', kill)
  const waiting = new Map<number, { readonly resolve: (value: never) => void, readonly reject: (error: Error) => void }>()
  let errors = ''
  let last = 0
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { errors = (errors + text).slice(-2_000) })
  child.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('error' in answer) call?.reject(new Error(answer.error))
    else call?.resolve(answer.value as never)
  })
  child.once('close', () => {
    for (const { reject } of waiting.values()) reject(new Error(`the clients' process ended: ${errors}`))
  })

  const call = (name: keyof CrowdCalls) => async (argument?: unknown): Promise<never> => new Promise((resolve, reject) => {
    const id = ++last
    waiting.set(id, { resolve, reject })
    child.send({ id, name, argument } satisfies Call)
  })
  return {
    join: call('join'),
    newcomers: call('newcomers'),
    post: call('post'),
    heard: call('heard'),
    standing: call('standing'),
    rejoined: call('rejoined'),
    receivers: call('receivers'),
    send: call('send'),
    freeze: () => { child.kill('SIGSTOP') },
    stop: async () => {
      process.off('exit', kill)
      child.kill('SIGKILL')
      await ended
    }
  }
}
