import { LinkifyIt } from 'linkify-it'
import { FILE_ENDINGS } from '../../text/pasted.ts'
import { linkable } from './linkable.ts'

/** A piece of a post's text; a link where `url` is set. */
export interface TextPart { readonly text: string, readonly url?: string }

/** Longer addresses stay text: nobody can read them before opening them, and the main process takes no more. */
const MAX_LINK = 2_048

/** Every link has one of these; most posts have neither. */
const HINT = /\.\S|:\/\//u

let linkify: LinkifyIt | undefined
/** Made with the first post that may hold a link: its patterns take some milliseconds. Web addresses alone: what opens other programs is never made a link of. */
function finder (): LinkifyIt {
  linkify ??= new LinkifyIt({ fuzzyLink: true, fuzzyEmail: false, fuzzyIP: false, maxLength: MAX_LINK })
    .add('ftp:', null).add('mailto:', null).add('//', null)
  return linkify
}

/** A post's text in pieces; joined, they are the text again. */
export function linkParts (text: string): readonly TextPart[] {
  if (!HINT.test(text)) return [{ text }]
  const parts: TextPart[] = []
  let at = 0
  for (const match of finder().match(linkable(text)) ?? []) {
    const url = match.schema === '' && isFileName(match.raw) ? undefined : readWebAddress(match.url)
    if (url === undefined) continue
    if (match.index > at) parts.push({ text: text.slice(at, match.index) })
    parts.push({ text: match.raw, url: url.href })
    at = match.lastIndex
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at) })
  return parts
}

function isFileName (raw: string): boolean {
  return !/^www\./i.test(raw) && FILE_ENDINGS.has(/^[^/?#:]+\.([a-z]{2})$/i.exec(raw)?.[1]?.toLowerCase() ?? '')
}

function readWebAddress (address: string): URL | undefined {
  const url = URL.parse(address)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.href.length <= MAX_LINK ? url : undefined
}

/** An address as it is shown before it opens. */
export interface LinkReading {
  /** `https://` */
  readonly scheme: string
  /** Host and port, as computers know them. */
  readonly host: string
  /** Path, query and fragment. */
  readonly rest: string
  /** What to look at twice, in sentences. */
  readonly warnings: readonly string[]
}

/**
 * Takes an address apart for the person to read.
 *
 * @param href as {@link linkParts} answers it
 * @param written what stood in the post
 */
export function readLink (href: string, written: string): LinkReading {
  const url = new URL(href)
  const host = hostOf(written)
  const warnings: string[] = []
  if (url.hostname.split('.').some((label) => label.startsWith('xn--'))) {
    warnings.push(`The post writes this host as “${host}”. It has letters beyond a to z, some of which look like others: compare it with what you expect.`)
  } else if (host.toLowerCase() !== url.hostname) {
    warnings.push(`The post writes this host as “${host}”, which leads to ${url.hostname}.`)
  }
  if (url.protocol === 'http:') warnings.push('The connection is not encrypted: others on the way can read along.')
  if (url.username !== '' || url.password !== '') warnings.push('A name stands before the host. It says nothing about whose page this is.')
  const user = url.username === '' && url.password === '' ? '' : `${url.username}${url.password === '' ? '' : ':…'}@`
  return { scheme: `${url.protocol}//${user}`, host: url.host, rest: `${url.pathname === '/' && !/\/$/.test(written) ? '' : url.pathname}${url.search}${url.hash}`, warnings }
}

/** The host as somebody wrote it, without scheme, name and port. */
function hostOf (written: string): string {
  return written.replace(/^[a-z]+:\/\//i, '').replace(/[/?#].*$/su, '').replace(/^.*@/su, '').replace(/:\d*$/, '')
}
