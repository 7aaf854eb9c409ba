import tls, { type SecureContext } from 'node:tls'
import { TLS_PARAMETERS } from './tls-parameters.ts'

let made: SecureContext | undefined

/**
 * Whom a certificate is believed from: Node's own list with
 * NODE_EXTRA_CA_CERTS, and what this computer trusts, as browsers do. Made
 * once: reading some 300 certificates takes about 20 ms. Runtimes that cannot
 * read the system's list (Node before 22.15) have Node's own.
 */
export function trustedContext (): SecureContext {
  made ??= tls.createSecureContext({ ...roots(), ...TLS_PARAMETERS })
  return made
}

function roots (): { readonly ca?: string[] } {
  const { getCACertificates } = tls as Partial<typeof tls>
  return getCACertificates === undefined ? {} : { ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])] }
}
