/** What the relay was told cannot be done; `message` is one sentence that says why. Exit code 2. */
export class FlagError extends Error {
  override readonly name = 'FlagError'
}
