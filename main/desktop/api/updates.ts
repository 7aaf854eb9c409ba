import type { ApiDeps, Handlers } from './handlers.ts'

/** Calls about newer versions of Natter. */
export function updateHandlers ({ updates }: ApiDeps): Pick<Handlers, 'checkForUpdates' | 'installUpdate'> {
  return {
    checkForUpdates: () => {
      // A download may follow; how it stands is announced.
      void updates.check()
      return null
    },
    installUpdate: async () => {
      await updates.install()
      return null
    }
  }
}
