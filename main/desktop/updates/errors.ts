/** Codes of {@link UpdateError}; stable, for programs. */
export type UpdateErrorCode =
  /** The address of a feed is none that Natter asks. */
  | 'ERR_FEED_ADDRESS'
  /** Nobody answers there, or too slowly, or with too much. */
  | 'ERR_FEED_UNREACHABLE'
  /** What the feed says is not signed, or not by us. */
  | 'ERR_FEED_SIGNATURE'
  /** It is signed, and it is no description of a release. */
  | 'ERR_FEED_FORMAT'
  /** The new version did not come whole. */
  | 'ERR_DOWNLOAD'
  /** The file on the disk is no longer the one that was signed. */
  | 'ERR_FILE_CHANGED'
  /** The system did not install it. */
  | 'ERR_INSTALL'

/** Something about updates that went wrong; `message` says in one or two sentences what, and what to do. */
export class UpdateError extends Error {
  override readonly name = 'UpdateError'
  readonly code: UpdateErrorCode

  constructor (code: UpdateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
