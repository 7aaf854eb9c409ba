import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { candidate, type OurRelay } from './desktops.ts'
import type { RelayProcessOptions, RelayState } from './relay-process.ts'
import type { TestNet } from './test-net.ts'

/** A relay whose clock is not ours. */
export interface WrongClockRelay extends Pick<OurRelay, 'candidate' | 'id'> {
  readonly state: () => Promise<RelayState>
  /** Sets its clock, in milliseconds from the right time. */
  readonly setClock: (milliseconds: number) => Promise<RelayState>
}

/** Starts one in a process of its own. */
export async function startWrongClockRelay (net: TestNet, options: RelayProcessOptions): Promise<WrongClockRelay> {
  const child = fork(fileURLToPath(new URL('relay-process.ts', import.meta.url)), [JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  net.atEnd(async () => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  })
  const answer = async (): Promise<RelayState> => {
    const [message] = await once(child, 'message') as [RelayState]
    return message
  }
  const ask = async (question: unknown): Promise<RelayState> => {
    const answered = answer()
    child.send(question as string)
    return answered
  }
  const { address } = await answer()
  return { candidate: candidate(address), id: address.split('/p2p/').at(-1) ?? '', state: async () => ask('state'), setClock: async (milliseconds) => ask(milliseconds) }
}
