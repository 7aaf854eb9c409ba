/** Codes of {@link HistoryError}; stable, for programs. */
export type HistoryErrorCode =
  /** The peer broke the protocol's rules, or handed us what is no post: it is cut off. */
  | 'ERR_BROKEN_RULES'
  /** The peer said that something differs, again and again, and nothing did. */
  | 'ERR_WASTED'
  /** The peer will not, now: not on this topic, busy, or it had enough. */
  | 'ERR_REFUSED'
  /** The connection ended, or the peer did not answer in time. */
  | 'ERR_GONE'
  /** Our own store failed: nothing that the peer did. */
  | 'ERR_STORE'
  /** History was closed. */
  | 'ERR_CLOSED'

/** Why a session ended before its time; `message` says it in one sentence. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError'
  readonly code: HistoryErrorCode
  /** What the peer answered where it refused. */
  readonly reason: string | undefined

  constructor (code: HistoryErrorCode, message: string, options: ErrorOptions & { readonly reason?: string } = {}) {
    super(message, options)
    this.code = code
    this.reason = options.reason
  }
}

/** The peer did what nobody does who speaks the protocol. @param what completes 'The peer …' */
export function broken (what: string, cause?: unknown): HistoryError {
  return new HistoryError('ERR_BROKEN_RULES', `The peer ${what}; it was cut off.`, { cause })
}

/** Runs what only our own side can make fail. @throws {HistoryError} `ERR_STORE` */
export async function ours<T> (work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw new HistoryError('ERR_STORE', 'Posts could not be read or kept on this computer; catching up goes on later.', { cause })
  }
}
