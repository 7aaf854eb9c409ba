import type { CallName } from '../../../preload/contract/index.ts'
import type { Handlers } from './handlers.ts'

/**
 * Handlers that are loaded with their first call: what they stand on takes
 * long to load, and no window needs it in order to open.
 */
export function lazily<K extends CallName> (names: readonly K[], load: () => Promise<Pick<Handlers, K>>): Pick<Handlers, K> {
  let loaded: Promise<Pick<Handlers, K>> | undefined
  const entries = names.map((name) => [name, async (argument: unknown) => {
    loaded ??= load()
    // The caller's type holds it to this name's argument.
    const handler = (await loaded)[name] as (argument: unknown) => unknown
    return handler(argument)
  }])
  return Object.fromEntries(entries) as Pick<Handlers, K>
}
