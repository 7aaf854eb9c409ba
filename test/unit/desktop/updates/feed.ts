import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signFeed } from '../../../../resources/tools/sign-feed.mjs'
import { makeUpdateKey } from '../../../../resources/tools/update-key.mjs'

/** A key that the app under test knows, and one that it does not. */
export const KNOWN = makeUpdateKey('2026-a')
export const STRANGER = makeUpdateKey('2026-b')

export const hashOf = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('base64')

/** Metadata as electron-builder writes it, of one deb. */
export function metadata (version: string, content: Uint8Array, more = ''): Buffer {
  const name = `natter_${version}_amd64.deb`
  return Buffer.from(`version: ${version}\nfiles:\n  - url: ${name}\n    sha512: ${hashOf(content)}\n    size: ${content.length}\npath: ${name}\nsha512: ${hashOf(content)}\n${more}releaseDate: '2026-11-22T10:00:00.000Z'\n`)
}

export function signed (bytes: Uint8Array, name = 'latest-linux.yml', keys = [KNOWN.signing]): Buffer {
  return signFeed(bytes, name, keys)
}

/** A feed on loopback: answers what is in `files`, or as `answer` has it. */
export interface Feed {
  readonly url: string
  readonly files: Map<string, Uint8Array>
  readonly asked: string[]
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  readonly close: () => Promise<void>
}

export async function openFeed (): Promise<Feed> {
  const files = new Map<string, Uint8Array>()
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1)
    asked.push(path)
    if (feed.answer !== undefined) { feed.answer(request, response); return }
    const content = files.get(path)
    if (content === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-length': content.length }).end(content)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const feed: Feed = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    files, asked, answer: undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    }
  }
  return feed
}
