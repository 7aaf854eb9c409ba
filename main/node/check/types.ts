import type { CheckFinding, CheckStepId, ProtocolState, Relay } from '../../../preload/contract/index.ts'
import type { CreatedNode } from '../create-node.ts'
import type { OpenedRecord } from '../discovery/records.ts'
import type { DialBackFinding } from '../reachability/dial-back-client.ts'
import type { Paths } from '../paths/types.ts'
import type { ProbeFrom, RelayProbe } from './relay-probe.ts'

/** What a check asks of the node that it is about. */
export interface CheckContext extends ProbeFrom {
  readonly node: CreatedNode
  /** The TCP port that we listen on; 0: none. */
  readonly port: () => number
  readonly allowPrivate: boolean
  /** Why the node keeps off the network altogether; undefined: it does not. */
  readonly offline?: string | undefined
  readonly relays: () => readonly Relay[]
  /** What it shows when one of our relays dials us; undefined where it does not, or there is no address to try. */
  readonly dialBack: (relay: string) => Promise<DialBackFinding | undefined>
  /** Where somebody said last that they are. */
  readonly recordOf: (peer: string) => OpenedRecord | undefined
  /** Topics that we and a connected peer are on. */
  readonly sharedWith: (peer: string) => readonly string[]
  readonly protocol: () => ProtocolState
  /** What was tried for direct connections. */
  readonly paths: Pick<Paths, 'findings' | 'isOn' | 'why'>
}

/** What the steps of one check share. */
export interface Facts {
  readonly context: CheckContext
  /** Relays as they answered; asked once for all steps. */
  readonly probes: Promise<readonly RelayProbe[]>
  /** Peer id of who is to be reached, where somebody is. */
  readonly person: string | undefined
  /** What was found about the way to them, once they were tried. */
  readonly way: Promise<CheckFinding>
  /** Aborts when the check is stopped, or has taken too long. */
  readonly signal: AbortSignal
}

/** One question of a check, and how it is answered. */
export interface Step {
  readonly id: CheckStepId
  readonly title: string
  readonly run: (facts: Facts) => Promise<CheckFinding>
}
