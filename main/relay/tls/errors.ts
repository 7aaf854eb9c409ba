/** A certificate cannot be had or used; `message` is one sentence that says why. */
export class TlsError extends Error {
  override readonly name = 'TlsError'
}
