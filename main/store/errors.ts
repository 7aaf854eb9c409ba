/** Codes of {@link StoreError}; stable, for programs. */
export type StoreErrorCode =
  /** No room on the disk: nothing was changed. */
  | 'ERR_DISK_FULL'
  /** The file cannot be read or written: rights, a broken disk. */
  | 'ERR_DISK'
  /** The database was found damaged while in use. */
  | 'ERR_DAMAGED'
  /** The store was closed. */
  | 'ERR_CLOSED'

/** Something that the store cannot do; `message` says in one sentence what and what to do. Nothing kept was harmed. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor (code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
