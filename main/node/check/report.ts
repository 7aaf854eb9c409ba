import { isIP } from 'node:net'
import type { Check, CheckFinding } from '../../../preload/contract/index.ts'

/** What of this computer a report names, beside its findings. */
export interface ReportFrom {
  /** Our peer id; '' before there is a key. */
  readonly peerId: string
  readonly version: string
  readonly platform: string
  /** Addresses of our relays: where these are may be told, whoever helps has to know. */
  readonly relays: readonly string[]
}

const STATES: Readonly<Record<CheckFinding['state'], string>> = { good: 'Good', warn: 'Note', bad: 'Problem', unknown: 'Not known' }

/**
 * A check as Markdown, for whoever helps. It is made of findings alone, which
 * know no names of people, topics, posts or keys. IP addresses other than the
 * relays' are shortened to their network, names of other computers and of
 * proxies are left out: they tell where people live and work. What strangers
 * wrote cannot make headings, links or pictures.
 */
export function reportOf (check: Check, { peerId, version, platform, relays }: ReportFrom): string {
  const cause = check.steps.find(({ id }) => id === check.cause)
  const lines = [
    '# Why can’t I connect? A check by Natter',
    '',
    `- Natter ${version} on ${platform}`,
    `- ${new Date(check.startedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC, by this computer’s clock${check.took === undefined ? '' : `; it took ${(check.took / 1_000).toFixed(1)} s`}${check.state === 'done' ? '' : '; it was not finished'}`,
    `- Own peer id: ${peerId === '' ? 'none yet' : peerId}`,
    ...(check.person === undefined ? [] : [`- Peer id of the other person: ${check.person}`]),
    `- What explains most: ${plain(cause?.finding?.words ?? 'nothing was found in the way')}`,
    ...check.steps.flatMap(({ title, finding }) => ['', `## ${title}`, '', ...(finding === undefined ? ['Not finished.'] : sectionOf(finding))]),
    ''
  ]
  const places = relays.flatMap((address) => address.split('/'))
  return shortenAddresses(leaveOutNames(lines.join('\n'), new Set(places)), new Set(places.filter((part) => isIP(part) !== 0)))
}

function sectionOf ({ state, words, advice, evidence }: CheckFinding): string[] {
  return [
    `**${STATES[state]}.** ${plain(words)}`,
    ...(advice === '' ? [] : ['', `What to do: ${plain(advice)}`]),
    ...(evidence.length === 0 ? [] : ['', ...evidence.map((line) => `- ${plain(line)}`)])
  ]
}

/** One line, in which Markdown finds no markup that matters. */
function plain (text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll('](', '] (').replace(/[<`]/gu, '\'')
}

/** Names in addresses, but for those to keep, and what proxies are called. */
function leaveOutNames (text: string, keep: ReadonlySet<string>): string {
  return text
    .replace(/\/(dns|dns4|dns6|dnsaddr)\/([^/\s]+)/gu, (found, kind: string, name: string) => keep.has(name.replace(/[.:,]+$/u, '')) ? found : `/${kind}/…`)
    .replace(/\b(proxy) \S+:\d+/giu, '$1')
}

/** IPv4 keeps its first two numbers, IPv6 its first two groups. */
export function shortenAddresses (text: string, keep: ReadonlySet<string>): string {
  return text
    .replace(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/gu, (found) => keep.has(found) || isIP(found) !== 4 ? found : `${found.split('.').slice(0, 2).join('.')}.x.x`)
    .replace(/(?<![\w:])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:])/giu, (found) => keep.has(found) || isIP(found) !== 6 ? found : `${found.split(':').slice(0, 2).join(':')}:x`)
}
