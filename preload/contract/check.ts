/** What a check looks at, each by itself. */
export type CheckStepId = 'listen' | 'address' | 'relays' | 'port' | 'place' | 'dialBack' | 'nat' | 'clock' | 'person' | 'talk' | 'direct'

/**
 * What a step of a check found. `good`: nothing in the way. `warn`: something
 * works less well than it could. `bad`: it keeps people from connecting.
 * `unknown`: it cannot be told from here, and `words` say why.
 */
export interface CheckFinding {
  readonly state: 'good' | 'warn' | 'bad' | 'unknown'
  /** One or two sentences: what was found. Peer ids stand in full. */
  readonly words: string
  /** What to do about it, or ''. */
  readonly advice: string
  /** What shows it, a sentence each. */
  readonly evidence: readonly string[]
}

/** One step of a check; without a finding it is under way, or was stopped before it ended. */
export interface CheckStep {
  readonly id: CheckStepId
  /** What it answers: 'Do your relays answer?' */
  readonly title: string
  readonly finding?: CheckFinding
}

/** A check of why others cannot be reached, as it stands. */
export interface Check {
  /** Rises with each check of a run. */
  readonly id: number
  readonly state: 'running' | 'done' | 'stopped'
  readonly startedAt: number
  /** Milliseconds that it took; absent while it runs. */
  readonly took?: number
  /** Peer id of the person whom it is about as well. */
  readonly person?: string
  readonly steps: readonly CheckStep[]
  /** The step whose finding explains most; absent where nothing is wrong, or before the end. */
  readonly cause?: CheckStepId
}
