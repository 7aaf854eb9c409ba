import { CallError } from '../errors.ts'
import { checkLink } from '../open-link.ts'
import type { ApiDeps, Handlers } from './handlers.ts'

/** The call that opens a web address; the window has shown it in full before. */
export function linkHandlers ({ openExternal }: ApiDeps): Pick<Handlers, 'openLink'> {
  return {
    openLink: async ({ url }) => {
      const address = checkLink(url)
      try {
        await openExternal(address)
      } catch {
        throw new CallError('ERR_BAD_LINK', 'The system opens no browser for this address: copy it into one yourself.')
      }
      return null
    }
  }
}
