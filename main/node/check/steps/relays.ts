import type { CheckFinding } from '../../../../preload/contract/index.ts'
import { counted, finding, inMilliseconds } from '../finding.ts'
import type { RelayProbe } from '../relay-probe.ts'
import type { Step } from '../types.ts'

const NAMES = { name: 'name', tcp: 'TCP', tls: 'TLS', websocket: 'WebSocket', handshake: 'handshake' } as const

/** Whether relays answer, how fast, and how far a connection to each comes. */
export const relaysStep: Step = {
  id: 'relays',
  title: 'Do your relays answer?',
  run: async ({ probes }) => judgeRelays(await probes)
}

/** Tells how relays answered. */
export function judgeRelays (all: readonly RelayProbe[]): CheckFinding {
  if (all.length === 0) {
    return finding('bad', 'No relay is in use: nobody outside your own network can be asked.', 'Add a relay in Settings, under Network: an address that somebody who runs one gives you, or an invite that holds one.')
  }
  const evidence = all.map(sentenceOf)
  const failed = all.filter(({ failure }) => failure !== undefined)
  const [first] = failed
  if (first?.failure === undefined) {
    const quickest = Math.min(...all.map(total))
    return finding('good', `${all.length === 1 ? 'Your relay answers' : `All ${String(all.length)} relays answer`}, after ${inMilliseconds(quickest)}${all.length === 1 ? '' : ' at best'}.`, '', evidence)
  }
  const why = [...new Set(failed.map(({ failure }) => failure?.words ?? ''))].join(' ')
  return failed.length === all.length
    ? finding('bad', `${all.length === 1 ? 'Your relay cannot be used from here.' : `None of your ${String(all.length)} relays can be used from here.`} ${why}`, adviceFor(failed), evidence)
    : finding('warn', `${counted(failed.length, 'relay', 'relays')} of ${String(all.length)} cannot be used from here. ${why}`, adviceFor(failed), evidence)
}

function total ({ steps }: RelayProbe): number {
  return steps.reduce((sum, { ms }) => sum + ms, 0)
}

function sentenceOf ({ peerId, address, steps, proxy, failure }: RelayProbe): string {
  const came = steps.map(({ step, ms }) => `${NAMES[step]} ${inMilliseconds(ms)}`).join(', ')
  const by = proxy === undefined ? '' : ` through the proxy ${proxy}`
  const where = `Relay ${peerId} at ${address.toString().replace(/\/p2p\/[^/]+$/u, '')}${by}`
  return failure === undefined ? `${where}: ${came}.` : `${where}: ${came === '' ? '' : `${came}, then: `}${failure.words}`
}

function adviceFor (failed: readonly RelayProbe[]): string {
  const words = failed.map(({ failure }) => failure?.words ?? '').join(' ')
  const rule = ADVICE.find(([pattern]) => pattern.test(words))
  return rule?.[1] ?? 'Ask whoever runs the relay whether it is up, or add another one.'
}

/** What to do, by what the relay's trouble is called. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/Another peer answers/u, 'The address is right and the peer id in it is not: the relay was set up anew, or somebody else runs one there now. Ask for its address again, and remove this one.'],
  [/certificate/u, 'Look at the clock of this computer first; then ask whoever runs the relay to look at its certificate.'],
  [/name does not resolve/u, 'Look whether this computer is online and the name is spelt right; a relay with an IP address works without names.'],
  [/no way to its address/u, 'Look whether this computer is online; some relays have an IPv6 address, which not every network knows.'],
  [/Nobody answers at its address/u, 'The machine is there and no relay runs on it: ask whoever runs it to start it, or add another relay.'],
  [/proxy/u, 'Look at the proxy in Settings, under Network.']
]
