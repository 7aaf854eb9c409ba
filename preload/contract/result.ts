/**
 * What a call answers: a value, or an error that says in one sentence what
 * happened and what the person can do. Errors are data: nothing is thrown
 * across the process boundary.
 */
export type Result<T> =
  | { readonly ok: true, readonly value: T }
  | { readonly ok: false, readonly code: string, readonly message: string }

/** Wraps a value into a successful {@link Result}. */
export function ok<T> (value: T): Result<T> {
  return { ok: true, value }
}

/**
 * Wraps an error into a failed {@link Result}.
 *
 * @param code stable, for programs: `ERR_` and upper case
 * @param message for people: what happened, what to do
 */
export function fail (code: string, message: string): Result<never> {
  return { ok: false, code, message }
}
