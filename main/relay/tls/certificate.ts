import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import tls from 'node:tls'
import type { CertificatePair } from '../../node/transports/server-certificate.ts'
import { TlsError } from './errors.ts'

/** A certificate that can be shown, and what it says. */
export interface Certificate extends CertificatePair {
  /** DNS names that it is for, without wildcards. */
  readonly names: readonly string[]
  /** Milliseconds since the Unix epoch between which it counts. */
  readonly from: number
  readonly until: number
}

/**
 * Checks that a certificate and a key are what they say, belong together, and count now.
 *
 * @param where what the certificate and the key are called in errors
 * @throws {TlsError}
 */
export function checkCertificate (pair: CertificatePair, where: { readonly cert: string, readonly key: string }, now = Date.now()): Certificate {
  const certificate = readCertificate(pair.cert, where.cert)
  const key = readKey(pair.key, where.key)
  if (!certificate.checkPrivateKey(key)) {
    throw new TlsError(`${where.key} is not the key of ${where.cert}: the first certificate in the file has to be the relay's own.`)
  }
  const [from, until] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (now >= until) {
    throw new TlsError(`${where.cert} ran out on ${dayOf(until)}.`)
  }
  if (now < from) {
    throw new TlsError(`${where.cert} counts from ${dayOf(from)} on, and this machine's clock says ${dayOf(now)}.`)
  }
  try {
    tls.createSecureContext({ ...pair })
  } catch (error) {
    throw new TlsError(`${where.cert} cannot be used for TLS: ${error instanceof Error ? error.message : String(error)}.`, { cause: error })
  }
  return { cert: pair.cert, key: pair.key, names: namesOf(certificate), from, until }
}

function readCertificate (pem: string, where: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new TlsError(`${where} holds no certificate in PEM (a text that begins with -----BEGIN CERTIFICATE-----).`, { cause: error })
  }
}

function readKey (pem: string, where: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    const why = /ENCRYPTED/u.test(pem) ? 'is locked with a passphrase; a relay that starts by itself needs it without' : 'holds no private key in PEM (a text that begins with -----BEGIN PRIVATE KEY-----)'
    throw new TlsError(`${where} ${why}.`, { cause: error })
  }
}

/** Names of its extension `subjectAltName`; browsers read no other. */
function namesOf ({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName.split(', ').flatMap((entry) => /^DNS:(?<name>[a-z0-9.-]+)$/iu.exec(entry)?.groups?.['name']?.toLowerCase() ?? [])
}

function dayOf (time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
