import { ServerCertificate } from '../../node/transports/server-certificate.ts'
import { openCertificateFiles } from './certificate-files.ts'
import type { CertificateSource, SourceEvents } from './source.ts'
import type { TlsConfig } from '../config/types.ts'

/** What the relay shows where it listens with TLS, looked after while it runs. */
export interface RelayTls extends Pick<CertificateSource, 'names' | 'reload' | 'start' | 'close'> {
  /** To hand to the node. */
  readonly certificate: ServerCertificate
  /** Milliseconds since the Unix epoch until which the certificate counts; undefined: there is none yet. */
  readonly until: () => number | undefined
}

/**
 * Comes by a certificate, as the configuration says.
 *
 * @param data the relay's data directory
 * @param say takes one sentence for whoever runs the relay, now and later
 * @throws {TlsError} where the files are no use
 */
export async function openTls (config: TlsConfig, data: string, say: (message: string) => void): Promise<RelayTls> {
  const certificate = new ServerCertificate()
  const events: SourceEvents = { say, onCertificate: (pair) => { certificate.set(pair) } }
  // ACME's library is read only where it is used.
  const source = config.kind === 'files' ? await openCertificateFiles(config, events) : await (await import('./acme.ts')).openAcme(config, data, events)
  if (source.current !== undefined) {
    certificate.set(source.current)
  }
  return { certificate, names: source.names, until: () => source.current?.until, start: source.start, reload: source.reload, close: source.close }
}
