/** Codes of {@link ChatError}; stable, for programs. */
export type ChatErrorCode =
  | 'ERR_EMPTY'
  | 'ERR_TOO_LONG'
  | 'ERR_BAD_TOPIC'
  | 'ERR_NOT_SUBSCRIBED'
  /** What is for others was asked for ourselves. */
  | 'ERR_OWN_PEER'
  /** The topic keeps nothing so old as this post would be. */
  | 'ERR_NOT_KEPT'
  /** The chat ended, and another takes its place. */
  | 'ERR_CLOSED'

/** Something that chat refuses; `message` says in one sentence what and what to do. */
export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ChatErrorCode

  constructor (code: ChatErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
