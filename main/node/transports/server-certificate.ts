import { EventEmitter } from 'node:events'

/** A certificate and its key, each as PEM; the certificate with those that lead to one that people trust. */
export interface CertificatePair {
  readonly cert: string
  readonly key: string
}

/** The certificate that a node shows where it listens with TLS. It may come, and change, while the node runs. */
export class ServerCertificate extends EventEmitter<{ 'certificate:change': [CertificatePair] }> {
  #current: CertificatePair | undefined

  /** Undefined: none yet. Whoever comes then is turned away. */
  get current (): CertificatePair | undefined {
    return this.#current
  }

  /** From now on this one; connections that stand go on. */
  set (pair: CertificatePair): void {
    this.#current = pair
    this.emit('certificate:change', pair)
  }
}
