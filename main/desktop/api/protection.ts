import type { ApiDeps, Handlers } from './handlers.ts'

/** Calls about how the identity key is kept. */
export function protectionHandlers ({ session, keys, desktop }: ApiDeps): Pick<Handlers, 'chooseProtection' | 'unlock' | 'changePassphrase'> {
  return {
    chooseProtection: async (choice) => {
      session.takeKey(await keys.protect(choice))
      if (choice.kind === 'passphrase') await desktop.forgetImages()
      return null
    },
    unlock: async ({ passphrase }) => {
      session.takeKey(await keys.unlock(passphrase))
      return null
    },
    changePassphrase: async ({ current, next }) => {
      session.takeKey(await keys.changePassphrase(current, next))
      await desktop.forgetImages()
      return null
    }
  }
}
