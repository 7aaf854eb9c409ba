import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a test certificate is made with. */
export interface CertificateWish {
  /** As `subjectAltName` has it: `DNS:localhost`, `IP:127.0.0.1`. */
  readonly names: readonly string[]
  /** Days from now until it runs out; may be negative. @default 30 */
  readonly days?: number
}

/** An authority of a test's own, and the certificates that it signs, as files; by openssl. */
export class TestAuthority {
  readonly #folder: string
  #made = 0

  constructor (folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
    openssl('req', '-x509', ...NEW_KEY, '-keyout', this.#path('ca.key'), '-out', this.cert, '-days', '30', '-subj', '/CN=Natter test authority',
      '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign')
  }

  /** Path of its own certificate, to be trusted. */
  get cert (): string {
    return this.#path('ca.pem')
  }

  /** Makes a certificate and its key; answers their paths. */
  issue ({ names, days = 30 }: CertificateWish): { readonly cert: string, readonly key: string } {
    const name = `leaf-${String(this.#made++)}`
    const [cert, key, request] = [this.#path(`${name}.pem`), this.#path(`${name}.key`), this.#path(`${name}.csr`)]
    openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', '/CN=relay', '-addext', `subjectAltName=${names.join(',')}`)
    openssl('x509', '-req', '-in', request, '-CA', this.cert, '-CAkey', this.#path('ca.key'), '-copy_extensions', 'copy', '-days', String(days), '-out', cert)
    return { cert, key }
  }

  /** As {@link issue}, read already: for servers in the test's own process. */
  read (wish: CertificateWish): { readonly cert: Buffer, readonly key: Buffer } {
    const { cert, key } = this.issue(wish)
    return { cert: readFileSync(cert), key: readFileSync(key) }
  }

  #path (file: string): string {
    return join(this.#folder, file)
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const

function openssl (...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
}
