import type { Protocol } from '../../../preload/contract/index.ts'
import type { PathFinding, PortMapping } from '../../../main/node/paths/types.ts'
import { WORDS } from '../../../main/node/paths/words.ts'
import { until } from './agent-process.ts'
import type { Host, NetworkOptions } from './network.ts'
import { bringTogether, people, Scene, type Desktop } from './scene.ts'

/** Two desktops and what lies between them. */
export interface PairOptions extends NetworkOptions {
  /** @default 'gossipsub' */
  readonly protocol?: Protocol
  /** Relays that both use; two show what a network does with ports. @default 1 */
  readonly relays?: 1 | 2
  /** Circuits are turned into direct connections from the start. @default true */
  readonly direct?: boolean
  /** Where the two are. @default each behind a NAT of its own */
  readonly hosts?: readonly [Host, Host]
}

/** What became of the circuit between two desktops. */
export interface PairResult {
  readonly outcome: 'direct' | 'relayed'
  /** Milliseconds from the start of the try until the connection stood; undefined: one was dialled before anybody tried. */
  readonly took: number | undefined
  /** What each end says of the way to the other. */
  readonly words: readonly [string, string]
}

/** Milliseconds in which a try has come to its end: three rounds of at most 9 s. */
const SETTLED = 45_000

/** Two desktops that have just met; the second one called the first. */
export async function pair (scene: Scene, { protocol = 'gossipsub', relays = 1, direct = true, hosts = ['a', 'b'] }: PairOptions): Promise<readonly [Desktop, Desktop]> {
  const handles = await Promise.all((['relay', 'relay2'] as const).slice(0, relays).map(async (host) => scene.relay(host, ['--no-hub'])))
  const [a, b] = await Promise.all([scene.desktop(hosts[0], protocol, { direct }), scene.desktop(hosts[1], protocol, { direct })])
  await bringTogether(a, b, handles)
  return [a, b]
}

export async function pathsOf (desktop: Desktop): Promise<{ readonly findings: readonly PathFinding[], readonly mapping: PortMapping | null }> {
  return desktop.agent.call('paths')
}

/** What one end says of the way to the other. */
async function saidBy (from: Desktop, to: Desktop): Promise<string> {
  const path = (await people(from)).find(({ peerId }) => peerId === to.peerId)?.path
  return path?.kind === 'circuit' ? path.why ?? '' : path?.kind ?? ''
}

/** Waits until the circuit between two is a direct connection on both ends, or the try has ended without. */
export async function settled (a: Desktop, b: Desktop): Promise<PairResult> {
  const said = async (): Promise<readonly [string, string]> => [await saidBy(a, b), await saidBy(b, a)]
  let words = await said()
  const outcome = await until('the end of the try', SETTLED, async () => {
    words = await said()
    const asked = (await pathsOf(a)).findings.find(({ peerId }) => peerId === b.peerId)
    return words.every((each) => each === 'direct') ? 'direct' : asked?.state === 'relayed' ? 'relayed' : undefined
  }, () => JSON.stringify(words))
  const findings = await Promise.all([pathsOf(a), pathsOf(b)])
  if (outcome === 'relayed') {
    words = await until('both to say why', SETTLED, async () => {
      const now = await said()
      return now.includes(WORDS.trying) ? undefined : now
    })
  }
  const times = findings.flatMap((each) => each.findings.flatMap(({ took }) => took ?? []))
  return { outcome, took: times.length === 0 ? undefined : Math.max(...times), words }
}

/** Brings two together in a network of their own, and says what became of it. */
export async function measurePair (options: PairOptions): Promise<PairResult> {
  const scene = new Scene(options)
  try {
    return await settled(...await pair(scene, options))
  } finally {
    await scene.close()
  }
}
