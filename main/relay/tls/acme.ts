import { randomInt } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsConfig } from '../config/types.ts'
import { afterTime } from '../../node/deadline.ts'
import { checkCertificate, type Certificate } from './certificate.ts'
import { ChallengeServer } from './challenge-server.ts'
import { createAccountKey, orderCertificate } from './order-certificate.ts'
import { readOwnerFile, writeOwnerFile } from './owner-file.ts'
import type { CertificateSource, SourceEvents } from './source.ts'

/** A certificate is renewed when this part of its life is over, as Let's Encrypt advises. */
const RENEW_AT = 2 / 3
/** Milliseconds before the first try after a failure, doubled with each, up to the last: Let's Encrypt allows five failures an hour for a name. */
const RETRY = { first: 60_000, last: 6 * 3_600_000 } as const
/** Milliseconds between two looks at whether it is time: clocks are set. */
const LOOK = 3_600_000

/** Intervals in milliseconds, for tests. */
export interface AcmeTimes {
  readonly first: number
  readonly last: number
  readonly look: number
}

/**
 * A certificate that an authority gives by ACME, renewed in time. The account's
 * key and the certificate stay in `acme` in the data directory, for their owner
 * only. Nothing waits for the authority: as long as there is no certificate, no
 * TLS is spoken, and everything else works.
 *
 * @throws where the data directory cannot be used
 */
export async function openAcme (config: Extract<TlsConfig, { kind: 'acme' }>, data: string, events: SourceEvents, times: AcmeTimes = { ...RETRY, look: LOOK }): Promise<CertificateSource> {
  const folder = join(data, 'acme')
  const [accountFile, certificateFile] = [join(folder, 'account.key'), join(folder, 'certificate.pem')]
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const challenges = new ChallengeServer(config.challengePort)
  const domains = config.domains.map((name) => name.toLowerCase())
  let current = await readKept(certificateFile, domains)
  let failures = 0
  let cancel = (): void => {}
  let work: Promise<void> | undefined
  let closed = false

  async function renew (): Promise<void> {
    const kept = await readOwnerFile(accountFile)
    const accountKey = kept ?? await createAccountKey()
    if (kept === undefined) {
      await writeOwnerFile(accountFile, accountKey)
    }
    const pair = await orderCertificate({ ...config, domains, accountKey }, challenges)
    const next = checkCertificate(pair, NAMES)
    // In one file, so that a certificate never stands beside another's key.
    await writeOwnerFile(certificateFile, `${pair.key.trim()}\n${pair.cert.trim()}\n`)
    if (!closed) {
      current = next
      failures = 0
      events.onCertificate(next)
    }
  }

  async function look (): Promise<void> {
    if (isDue(current)) {
      try {
        work = renew()
        await work
      } catch (error) {
        if (!closed) {
          failures++
          events.say(`${error instanceof Error ? error.message : String(error)} ${current === undefined ? 'Nobody reaches the relay with TLS before there is one' : 'The one before stays in use'}; the next try is in ${minutes(wait())}.`)
        }
      } finally {
        work = undefined
      }
    }
    if (!closed) {
      cancel = afterTime(failures === 0 ? times.look : wait(), () => { void look() })
    }
  }

  /** A little apart, so that relays that failed together do not all come again together. */
  function wait (): number {
    const base = Math.min(times.first * 2 ** Math.min(failures - 1, 30), times.last)
    return base + randomInt(Math.ceil(base / 10) + 1)
  }

  return {
    names: domains,
    get current () { return current },
    start: () => {
      void look()
    },
    reload: async () => {
      // It is looked after anyway; who asks is tired of waiting for the next look.
      if (work === undefined && !closed) {
        cancel()
        await look()
      }
    },
    close: async () => {
      closed = true
      cancel()
      await challenges.close()
    }
  }
}

const NAMES = { cert: 'The certificate', key: 'its key' } as const

function isDue (certificate: Certificate | undefined, now = Date.now()): boolean {
  return certificate === undefined || now >= certificate.from + (certificate.until - certificate.from) * RENEW_AT
}

/** What an earlier run got; undefined where there is none that is of use. */
async function readKept (file: string, domains: readonly string[]): Promise<Certificate | undefined> {
  const text = await readOwnerFile(file)
  if (text === undefined) {
    return undefined
  }
  const start = text.indexOf('-----BEGIN CERTIFICATE-----')
  try {
    const kept = checkCertificate({ key: text.slice(0, start), cert: text.slice(start) }, NAMES)
    return domains.every((name) => kept.names.includes(name)) ? kept : undefined
  } catch {
    return undefined
  }
}

function minutes (milliseconds: number): string {
  const whole = Math.max(1, Math.round(milliseconds / 60_000))
  return whole === 1 ? 'one minute' : `${String(whole)} minutes`
}
