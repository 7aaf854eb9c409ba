import { CallError } from './errors.ts'

/**
 * The web address that a link in a post may open: `http` or `https`, without a
 * name and password in it, which only pretend to be another host, and without
 * characters that a reader does not see. Everything else stays closed.
 *
 * @returns the address in the form in which it is opened
 * @throws {CallError} `ERR_BAD_LINK`
 */
export function checkLink (text: string): string {
  // The URL parser drops tabs and line ends in silence: what was shown would be another address.
  if (/[\s\p{Cc}\p{Cf}]/u.test(text) || !URL.canParse(text)) throw refused('it is no whole web address')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('only addresses that begin with http: or https: are opened')
  if (url.username !== '' || url.password !== '') throw refused('it carries a name or a password, and may lead elsewhere than it seems to')
  return url.href
}

function refused (why: string): CallError {
  return new CallError('ERR_BAD_LINK', `Natter does not open this link: ${why}. If you trust it, copy it into your browser.`)
}
