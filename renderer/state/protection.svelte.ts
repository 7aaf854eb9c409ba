import type { Argument, Result } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** First start: how the identity key is to be kept. */
export function chooseProtection (choice: Argument<'chooseProtection'>): Promise<Result<null>> {
  return call('chooseProtection', choice)
}

/** Opens the key with its passphrase. */
export function unlock (passphrase: string): Promise<Result<null>> {
  return call('unlock', { passphrase })
}

/** Wraps the key with another passphrase; `current` is '' where there was none. */
export function changePassphrase (current: string, next: string): Promise<Result<null>> {
  return call('changePassphrase', { current, next })
}
