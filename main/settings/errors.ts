/** Codes of {@link SettingsError}; stable, for programs. */
export type SettingsErrorCode =
  /** The data directory, or a file in it, cannot be read or written. */
  | 'ERR_DATA_DIRECTORY'
  | 'ERR_TOO_MANY'

/** Something about settings that cannot be done; `message` says in one sentence what and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code: SettingsErrorCode

  constructor (code: SettingsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
