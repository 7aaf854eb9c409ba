import type { TlsConfig } from '../config/types.ts'
import type { Certificate } from './certificate.ts'

/** Where certificates come from, for as long as the relay runs. */
export interface CertificateSource {
  /** DNS names under which the relay is to be found. */
  readonly names: readonly string[]
  /** The certificate that there is now; undefined: none yet. */
  readonly current: Certificate | undefined
  /** Looks after the certificate from now on. Never rejects. */
  readonly start: () => void
  /**
   * Looks at once, as SIGHUP asks, and from now on where the configuration says.
   *
   * @throws {TlsError} where there is nothing better; the one before stays in use, and is looked after as before
   */
  readonly reload: (config?: TlsConfig) => Promise<void>
  readonly close: () => Promise<void>
}

/** What a {@link CertificateSource} tells. */
export interface SourceEvents {
  /** There is another certificate. */
  readonly onCertificate: (certificate: Certificate) => void
  /** One sentence for whoever runs the relay. */
  readonly say: (message: string) => void
}
