import { createHash, X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TestAuthority } from '../../support/certificates.ts'

/** A site on loopback under names that only a proxy finds. */
export interface HttpsSite {
  readonly port: number
  /** Chromium's switch that has it believe in this site's key, and in no other that nobody signed for it. */
  readonly trust: string
  readonly files: Map<string, Uint8Array>
  readonly asked: readonly string[]
  readonly close: () => Promise<void>
}

/** @param folder for its certificate */
export async function openHttpsSite (folder: string): Promise<HttpsSite> {
  const { cert, key } = new TestAuthority(folder).read({ names: ['DNS:*.test.example'] })
  const files = new Map<string, Uint8Array>()
  const asked: string[] = []
  const server = createServer({ cert, key }, (request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1)
    asked.push(path)
    const content = files.get(path)
    if (content === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-length': content.length }).end(content)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  return {
    port: (server.address() as AddressInfo).port,
    trust: `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
    files,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    }
  }
}
