import type { Result } from '../../preload/contract/index.ts'
import { fail } from '../../preload/contract/index.ts'

/** Codes of {@link CallError}; stable, for programs. */
export type CallErrorCode =
  /** Somebody else than our own page asked. */
  | 'ERR_FORBIDDEN'
  /** The argument has not the shape that the contract says. */
  | 'ERR_BAD_ARGUMENT'
  /** The node does not run, and will not by itself. */
  | 'ERR_NOT_RUNNING'
  | 'ERR_NOT_REACHABLE'
  | 'ERR_UNKNOWN_RELAY'
  | 'ERR_TOO_LONG'
  /** A file that the person named cannot be read or written. */
  | 'ERR_FILE'
  /** It is no export of ours. */
  | 'ERR_BAD_EXPORT'
  | 'ERR_BAD_LINK'
  /** A setting that cannot be. */
  | 'ERR_BAD_SETTING'
  /** The system does not offer it. */
  | 'ERR_UNAVAILABLE'
  /** A fault of our own. */
  | 'ERR_INTERNAL'

/** A call that is refused; `message` says in one sentence what and what to do. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: CallErrorCode

  constructor (code: CallErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Errors whose messages were written for people. System errors have codes too, and their messages hold paths. */
const FOR_PEOPLE = new Set(['CallError', 'ChatError', 'KeyError', 'NodeError', 'SettingsError', 'StoreError', 'UpdateError'])

/**
 * What a window is told of an error: code and sentence where somebody wrote
 * them for people, a calm sentence otherwise. Never a stack, never a path of the code.
 */
export function toFailure (error: unknown): Result<never> {
  if (error instanceof Error && FOR_PEOPLE.has(error.name) && 'code' in error && typeof error.code === 'string') {
    return fail(error.code, error.message)
  }
  console.error('natter: a call failed:', error instanceof Error ? error : typeof error)
  return fail('ERR_INTERNAL', 'Something went wrong inside Natter, and nothing was changed. Try again; if it stays, start Natter again.')
}

/** The sentence alone, for notices. */
export function sentenceOf (error: unknown): string {
  const failure = toFailure(error)
  return failure.ok ? '' : failure.message
}
