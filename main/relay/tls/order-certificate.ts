import { readFile } from 'node:fs/promises'
import { Agent, get } from 'node:https'
import { rootCertificates } from 'node:tls'
import acme from 'acme-client'
import type { CertificatePair } from '../../node/transports/server-certificate.ts'
import { TLS_PARAMETERS } from '../../node/transports/tls-parameters.ts'
import type { ChallengeServer } from './challenge-server.ts'
import { TlsError } from './errors.ts'

/** What is asked of whom. */
export interface CertificateOrder {
  readonly domains: readonly string[]
  readonly email: string | undefined
  /** URL of the authority's directory. */
  readonly directory: string
  /** PEM file of the root that the directory is trusted with, besides those that Node knows. */
  readonly ca: string | undefined
  /** PEM. */
  readonly accountKey: string
}

/** Milliseconds for one request to the authority. */
const REQUEST = 30_000
/** How often the library itself asks again, in seconds; whoever asks us does so anyway. It has no types for it. */
const ASK_AGAIN = { httpChallengePort: 80, httpsChallengePort: 443, tlsAlpnChallengePort: 443, retryMaxAttempts: 1, retryDefaultDelay: 2 } as const

/** Times that an authorization or an order is looked at, 1 s and then up to 10 s apart: about a minute and a half. */
const LOOKS = { backoffAttempts: 12, backoffMin: 1_000, backoffMax: 10_000 } as const

/** A key for an account at an authority: who asked for a certificate may renew it. */
export async function createAccountKey (): Promise<string> {
  return (await acme.crypto.createPrivateEcdsaKey('P-256')).toString()
}

/**
 * Gets a certificate by ACME (RFC 8555): proves by HTTP that the names lead here, with a fresh key.
 *
 * @throws {TlsError} with what the authority said
 */
export async function orderCertificate (order: CertificateOrder, challenges: ChallengeServer): Promise<CertificatePair> {
  try {
    // The library has one set of defaults, for all that it asks.
    const agent = new Agent({ ...TLS_PARAMETERS, ...(order.ca === undefined ? {} : { ca: [...rootCertificates, await readFile(order.ca, 'utf8')] }) })
    Object.assign(acme.axios.defaults, { timeout: REQUEST, httpsAgent: agent, acmeSettings: ASK_AGAIN })
    await look(order.directory, agent)
    const client = new acme.Client({ directoryUrl: order.directory, accountKey: order.accountKey, ...LOOKS })
    const key = await acme.crypto.createPrivateEcdsaKey('P-256')
    const [, csr] = await acme.crypto.createCsr({ ...(order.domains[0] === undefined ? {} : { commonName: order.domains[0] }), altNames: [...order.domains] }, key)
    const cert = await client.auto({
      csr,
      termsOfServiceAgreed: true,
      challengePriority: ['http-01'],
      // It would ask for the answer itself first: from here the name may lead elsewhere than from outside.
      skipChallengeVerification: true,
      ...(order.email === undefined ? {} : { email: order.email }),
      challengeCreateFn: async (_authorization, { type, token }, answer) => {
        if (type !== 'http-01') {
          throw new TlsError('The authority offers no proof by HTTP.')
        }
        await challenges.add(token, answer)
      },
      challengeRemoveFn: async (_authorization, { token }) => challenges.remove(token)
    })
    return { cert, key: key.toString() }
  } catch (error) {
    throw error instanceof TlsError ? error : new TlsError(`The authority gave no certificate: ${words(error)}.`, { cause: error })
  } finally {
    await challenges.close()
  }
}

/** Whether the directory is there. Trap: where it is not, the library fails with a TypeError of its own that says nothing. */
async function look (directory: string, agent: Agent): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    get(directory, { agent, signal: AbortSignal.timeout(REQUEST) }, (response) => {
      response.resume()
      if (response.statusCode === 200) {
        resolve()
      } else {
        reject(new Error(`${directory} answers ${String(response.statusCode)}`))
      }
    }).on('error', (error) => { reject(new Error(`${directory} cannot be reached (${'code' in error ? String(error.code) : error.message})`, { cause: error })) })
  })
}

function words (error: unknown): string {
  if (error instanceof TypeError) {
    return 'the connection to it was lost'
  }
  return (error instanceof Error ? error.message : String(error)).replace(/[.\s]+$/u, '')
}
