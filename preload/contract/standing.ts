import type { Person, Phase, Reachability } from './model.ts'
import type { Relay } from './relays.ts'

/** How we stand with others: whom we are connected to, and who else can reach us. */
export type Standing =
  | { readonly kind: 'starting' }
  | { readonly kind: 'safe-mode' }
  | {
    readonly kind: 'running'
    /** People on our topics whom we are connected to. */
    readonly connected: number
    /** People on our topics whose posts pass through a hub alone. */
    readonly behindHub: number
    readonly reach: Reach
  }

/** Who can reach us whom we are not connected to. `relays`: how many of ours this is about. */
export type Reach =
  /** Everybody: directly, or through a relay. */
  | { readonly kind: 'anyone' }
  /** Relays are being asked; until one answers, the local network. */
  | { readonly kind: 'asking', readonly relays: number }
  /** There is no relay: the local network. */
  | { readonly kind: 'local' }
  /** No relay answers. */
  | { readonly kind: 'down', readonly relays: number }
  /** Relays answer, and none of them serves us. */
  | { readonly kind: 'refused', readonly relays: number }
  /** This computer has no network. */
  | { readonly kind: 'no-network' }

/** What {@link standingOf} is derived from, each as windows are told it. */
export interface StandingFacts {
  readonly phase: Phase | undefined
  readonly safeMode: boolean
  readonly reachability: Reachability
  readonly relays: readonly Pick<Relay, 'state'>[]
  /** Everybody on our topics; somebody on several of them more than once. */
  readonly people: readonly Pick<Person, 'peerId' | 'path'>[]
}

/** One derivation for all that shows it, so that window and tray cannot say different things. */
export function standingOf ({ phase, safeMode, reachability, relays, people }: StandingFacts): Standing {
  if (safeMode) return { kind: 'safe-mode' }
  if (phase?.kind !== 'running') return { kind: 'starting' }
  const connected = new Set<string>()
  const behind = new Set<string>()
  for (const { peerId, path } of people) {
    if (path.kind === 'direct' || path.kind === 'circuit') connected.add(peerId)
    else if (path.kind === 'hub') behind.add(peerId)
  }
  const behindHub = [...behind].filter((peerId) => !connected.has(peerId)).length
  return { kind: 'running', connected: connected.size, behindHub, reach: reachOf(reachability, relays) }
}

function reachOf ({ state, noNetwork }: Reachability, relays: StandingFacts['relays']): Reach {
  if (state === 'direct' || state === 'relayed') return { kind: 'anyone' }
  if (noNetwork === true) return { kind: 'no-network' }
  // One that somebody named is not ours before the person agrees.
  const ours = relays.filter((relay) => relay.state !== 'asking')
  if (ours.length === 0) return { kind: 'local' }
  if (state === 'unknown') return { kind: 'asking', relays: ours.length }
  return { kind: ours.some((relay) => relay.state === 'refused') ? 'refused' : 'down', relays: ours.length }
}
