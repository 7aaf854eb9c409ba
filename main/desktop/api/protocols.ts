import type { ApiDeps, Handlers } from './handlers.ts'

/** Calls about what each protocol cost of late. */
export function protocolHandlers ({ samples }: Pick<ApiDeps, 'samples'>): Pick<Handlers, 'watchProtocols' | 'unwatchProtocols'> {
  return {
    watchProtocols: samples.watch,
    unwatchProtocols: () => {
      samples.unwatch()
      return null
    }
  }
}
