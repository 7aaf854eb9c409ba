/** Codes of {@link KeyError}; stable, for programs. */
export type KeyErrorCode =
  | 'ERR_WRONG_PASSPHRASE'
  | 'ERR_WEAK_PASSPHRASE'
  /** The key file asks for something that this version, or this machine, does not offer. */
  | 'ERR_KEY_FILE'
  /** The operating system's key store does not open the key. */
  | 'ERR_KEY_STORE'
  /** There is nothing to unlock, or nothing to choose, at this moment. */
  | 'ERR_WRONG_MOMENT'

/** Something about the identity key that cannot be done. Carries no secret. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
  readonly code: KeyErrorCode

  constructor (code: KeyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
