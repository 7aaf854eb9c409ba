import { finding, inMilliseconds, stretch } from '../finding.ts'
import type { RelayProbe } from '../relay-probe.ts'
import type { Step } from '../types.ts'

/** Milliseconds that a clock may be wrong: from where posts stand in the wrong minute, and from where certificates and the order of posts suffer. */
const WRONG = { some: 60_000, much: 3_600_000 } as const

/** Whether the clock of this computer is right, by those of the relays. */
export const clockStep: Step = {
  id: 'clock',
  title: 'Is the clock right?',
  run: async ({ probes }) => judgeClock(await probes)
}

/** Compares our clock with those of relays; each is right within half the time that it took to ask. */
export function judgeClock (probes: readonly RelayProbe[]): ReturnType<typeof finding> {
  const clocks = probes.flatMap(({ peerId, clock }) => clock === undefined ? [] : [{ peerId, ...clock }])
  const [first] = clocks
  if (first === undefined) return finding('unknown', 'No relay told its time.', 'Compare the clock with another one.')
  const evidence = clocks.map(({ peerId, ahead, within }) => `The clock of relay ${peerId} is ${Math.abs(ahead) < 1_000 ? inMilliseconds(Math.abs(ahead)) : stretch(Math.abs(ahead))} ${ahead < 0 ? 'behind' : 'ahead of'} yours, give or take ${inMilliseconds(within)}.`)
  const off = ({ ahead, within }: { readonly ahead: number, readonly within: number }): number => Math.max(0, Math.abs(ahead) - within)
  const wrong = clocks.filter((clock) => off(clock) > WRONG.some)
  if (wrong.length === 0) return finding('good', `The clock agrees with ${clocks.length === 1 ? 'that of a relay' : `those of ${String(clocks.length)} relays`}, within ${stretch(Math.max(1_000, ...clocks.map(({ ahead }) => Math.abs(ahead))))}.`, '', evidence)
  if (wrong.length < clocks.length) {
    return finding('unknown', 'The clocks of your relays do not agree, so one of them is wrong, and perhaps not yours.', 'Compare the clock with another one.', evidence)
  }
  const least = wrong.reduce((one, other) => off(other) < off(one) ? other : one)
  const [way, than] = least.ahead < 0 ? ['ahead', 'a later'] : ['behind', 'an earlier']
  const alone = wrong.length === 1 ? ' Only one relay was asked: it may be the one that is wrong.' : ''
  return finding(off(least) > WRONG.much ? 'bad' : 'warn', `The clock of this computer is ${stretch(Math.abs(least.ahead))} ${way}: it shows ${than} time than ${clocks.length === 1 ? 'your relay' : 'your relays'}.${alone}`, 'Set the clock, or let the system set it by the network. Posts stand at the wrong place and certificates may seem to be over until then.', evidence)
}
