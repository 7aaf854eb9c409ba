import { CHECK_LIMITS } from '../../limits.ts'
import type { CheckFinding } from '../../../../preload/contract/index.ts'
import type { DialBackFinding } from '../../reachability/dial-back-client.ts'
import { finding } from '../finding.ts'
import type { Step } from '../types.ts'

/** Whether somebody outside can connect to us: relays dial the address that they see. */
export const dialBackStep: Step = {
  id: 'dialBack',
  title: 'Can others connect to you directly?',
  run: async ({ context: { approved, dialBack, port }, probes }) => {
    // Who has just connected is identified by the time that the probes are done.
    await probes
    const asked = await Promise.all([...approved().keys()].slice(0, CHECK_LIMITS.relays).map(dialBack))
    return judgeDialBack(asked.filter((answer) => answer !== undefined), port())
  }
}

/** Tells what relays saw that dialled us. */
export function judgeDialBack (answers: readonly DialBackFinding[], port: number): CheckFinding {
  if (answers.length === 0) return finding('unknown', 'No relay that you are connected to dials back to a public address of yours.')
  const evidence = answers.map(({ relay, address, reached, reason }) => reached
    ? `Relay ${relay} dialled ${address} and reached you.`
    : `Relay ${relay} was asked to dial ${address} and did not reach you: ${reason}`)
  if (answers.some(({ reached }) => reached)) return finding('good', 'A relay dialled you and reached you: others can connect to you directly.', '', evidence)
  if (answers.every(({ reason }) => UNTRIED.test(reason))) return finding('unknown', 'The relays did not dial back.', 'Check again in a minute.', evidence)
  return finding('warn', 'Nobody outside can connect to you directly: a firewall or router in between lets no connection in.', `People reach you through a relay. To be reached directly, open TCP port ${String(port)} in the firewall, or forward it in the router.`, evidence)
}

/** What a relay says that did not dial at all. */
const UNTRIED = /did not answer|too many|under way/u
