import { createNetworkWatch } from '../network-watch.ts'
import type { ApiDeps, Handlers } from './handlers.ts'

/** Calls about the connections that stand. */
export function networkHandlers (deps: Pick<ApiDeps, 'session' | 'pushes'>): Pick<Handlers, 'watchNetwork' | 'unwatchNetwork'> {
  const { watch, unwatch } = createNetworkWatch(deps)
  return {
    watchNetwork: watch,
    unwatchNetwork: () => {
      unwatch()
      return null
    }
  }
}
