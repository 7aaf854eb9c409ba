import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whether a request asks for us by a name that is ours: an IP address,
 * `localhost`, or one of `names` (in lower case). A web page can have its own
 * name lead to this machine (DNS rebinding) and then read what we answer, but
 * its visitors' browsers still send the page's name.
 *
 * No name at all is fine: HTTP/1.0 has none, and browsers always send one.
 */
export function isAskedByOurName ({ headersDistinct, url = '' }: Pick<IncomingMessage, 'headersDistinct' | 'url'>, names: readonly string[]): boolean {
  const asked = headersDistinct['host'] ?? []
  // A whole address in place of the path names the host a second time (RFC 9112, section 3.2.2).
  return url.startsWith('/') && asked.every((host) => isOurs(host, names))
}

function isOurs (host: string, names: readonly string[]): boolean {
  const { ip6, name = '' } = /^(?:\[(?<ip6>[^\]]+)\]|(?<name>[^:[\]]+))(?::\d{1,5})?$/u.exec(host)?.groups ?? {}
  if (ip6 !== undefined) return isIP(ip6) === 6
  const bare = name.toLowerCase().replace(/\.$/u, '')
  return isIP(bare) === 4 || bare === 'localhost' || names.includes(bare)
}
