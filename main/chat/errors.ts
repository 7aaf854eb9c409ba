/** Codes of {@link ChatError}; stable, for programs. */
export type ChatErrorCode =
  | 'ERR_EMPTY'
  | 'ERR_TOO_LONG'
  | 'ERR_BAD_TOPIC'
  | 'ERR_NOT_SUBSCRIBED'

/** Something that chat refuses; `message` says in one sentence what and what to do. */
export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ChatErrorCode

  constructor (code: ChatErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
