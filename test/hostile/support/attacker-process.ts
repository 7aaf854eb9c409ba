// Peers that attack, in a process that gets what processor time others leave; told by its parent what to do.
import { constants, setPriority } from 'node:os'
import process from 'node:process'
import { ATTACKS, type AttackName } from './attacks.ts'
import type { Target } from './peers.ts'

/** What the parent says. */
export interface Orders extends Pick<Target, 'address' | 'through'> {
  readonly attack: AttackName
}

setPriority(constants.priority.PRIORITY_LOW)
// What the other side cuts off ends in errors here that nobody waits for.
process.on('unhandledRejection', () => {})
process.on('uncaughtException', () => {})

const end = new AbortController()
process.on('message', ({ attack, ...target }: Orders) => {
  void ATTACKS[attack]({ ...target, from: (peer) => `127.2.0.${peer + 1}` }, end.signal)
})
process.on('disconnect', () => { process.exit(0) })
