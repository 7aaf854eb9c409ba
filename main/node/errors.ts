/** Codes of {@link NodeError}; stable, for programs. */
export type NodeErrorCode =
  | 'ERR_BAD_RECORD'
  | 'ERR_BAD_ADDRESS'
  | 'ERR_BAD_INVITE'
  | 'ERR_BAD_KEY'
  | 'ERR_TOO_LARGE'
  | 'ERR_STOPPED'
  | 'ERR_PROXY'
  | 'ERR_PROXY_DOWN'
  | 'ERR_BAD_SIMULATION'

/** Something the node refuses; `message` says in one sentence what and what to do. */
export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly code: NodeErrorCode

  constructor (code: NodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
