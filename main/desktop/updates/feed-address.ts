import { UpdateError } from './errors.ts'

/**
 * The folder that a feed's files lie in, as the person or the package names it.
 * `https`, or `http` on this computer alone: what is fetched is signed, but who
 * looks on need not learn which version somebody runs. Without a name, a
 * password or a query, which would reach logs.
 *
 * @throws {UpdateError} `ERR_FEED_ADDRESS`
 */
export function readFeedAddress (text: string): URL {
  if (/[\s\p{Cc}\p{Cf}]/u.test(text) || !URL.canParse(text)) throw refused('it is no whole web address')
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isThisComputer(url.hostname))) throw refused('it has to begin with https:')
  if (url.username !== '' || url.password !== '') throw refused('it carries a name or a password')
  if (url.search !== '' || url.hash !== '') throw refused('it has to end with a folder, without ? or #')
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

function isThisComputer (hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/u.test(hostname)
}

function refused (why: string): UpdateError {
  return new UpdateError('ERR_FEED_ADDRESS', `Natter does not ask this update feed: ${why}.`)
}

/** The file of a feed that describes the newest version for a system, by the names that electron-builder gives. */
export function feedFileName (platform: NodeJS.Platform, arch: string): string {
  if (platform === 'win32') return 'latest.yml'
  if (platform === 'darwin') return 'latest-mac.yml'
  return arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${arch}.yml`
}
