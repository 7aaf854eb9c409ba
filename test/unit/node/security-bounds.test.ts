import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as limits from '../../../main/node/limits.ts'
import { POST_QUOTA } from '../../../main/node/quotas/post-quota.ts'
import { DEFAULT_TOPIC_BYTES } from '../../../main/store/types.ts'
import { MAX_GONE } from '../../../main/store/worker/gone.ts'
import { STRANGERS } from '../../../main/store/worker/search.ts'

const MIB = 1_048_576
const { MAX_HELD_BYTES, MAX_LINE, MAX_STREAM_WINDOW, HUB_LIMITS } = limits

/** The page's figures for a relay and for a desktop, as the code has them. */
const TABLE: Readonly<Record<string, readonly [relay: string, desktop: string]>> = {
  'bytes on their way on one stream': [mib(MAX_STREAM_WINDOW.relay), mib(MAX_STREAM_WINDOW.desktop)],
  'bytes that wait for a slow reader, a connection': [mib(MAX_HELD_BYTES.relay.perConnection), mib(MAX_HELD_BYTES.desktop.perConnection)],
  'bytes that wait for a slow reader, in all': [mib(MAX_HELD_BYTES.relay.total), mib(MAX_HELD_BYTES.desktop.total)],
  'bytes of messages of pubsub that have begun and not ended, in all': same(mib(limits.MAX_UNFINISHED_BYTES.total)),
  'bytes of our answers that a peer does not take': same(mib(limits.MAX_UNSENT_BYTES)),
  'bytes of a request that has no end': ['the protocol\'s own, and 4 KiB', 'the same'],
  'bytes of posts that wait for a slow neighbor': same(mib(limits.MAX_PEER_BUFFER_BYTES)),
  'messages of a neighbor that wait to be checked': same(figure(limits.MAX_WAITING_MESSAGES)),
  'bytes of posts kept for those who missed them': same(mib(limits.MAX_CACHED_BYTES)),
  'streams a connection, at once / a second': same(rate(limits.MAX_NEW_STREAMS)),
  'small pieces beyond what pays for them, at once / a second': same(rate(limits.MAX_SMALL_FRAMES)),
  'bytes that pay for a small piece': [figure(limits.PAYS_FOR_A_FRAME.relay), figure(limits.PAYS_FOR_A_FRAME.desktop)],
  'messages of pubsub, at once / a second': [rate(limits.MAX_PUBSUB_MESSAGES), `${rate(limits.MAX_PUBSUB_MESSAGES)}, of those under ${limits.SMALL_PUBSUB_MESSAGE} bytes`],
  'topics announced or left, at once / a second': same(rate(limits.MAX_ANNOUNCED)),
  'topics of one peer': same(figure(limits.MAX_TOPICS_PER_PEER)),
  'answers before a protocol is chosen': same(figure(limits.MAX_ANSWERS_BEFORE_PROTOCOL)),
  'floods of one address, at once / a minute': same(`${limits.MAX_FLOODS_PER_ADDRESS.atOnce} / ${limits.MAX_FLOODS_PER_ADDRESS.perMinute}`),
  'connections of a peer / of an address / in all': [connections('relay'), connections('desktop')],
  'circuits that one peer opens to us in 10 s': ['', figure(limits.MAX_CIRCUITS_IN.perPeer)],
  'handshakes through circuits at once': ['', figure(limits.MAX_CIRCUITS_IN.pending)],
  'peers remembered who left': [figure(limits.MAX_PEERS_REMEMBERED.relay), figure(limits.MAX_PEERS_REMEMBERED.desktop)],
  'posts of one author in one topic, at once': ['', amount(POST_QUOTA.author)],
  'posts of all new authors together, at once': ['', amount(POST_QUOTA.newcomers.limit)],
  'a neighbor\'s own posts beyond that': ['', amount(POST_QUOTA.patience).replace('and', 'or')],
  'bytes of a topic\'s posts on the disk': ['', `${figure(DEFAULT_TOPIC_BYTES / 1_000_000)} MB, or what you choose`],
  'posts of a topic remembered as deleted to save space': ['', figure(MAX_GONE)],
  'words of a new author\'s post that search finds': ['', figure(STRANGERS.tokens)],
  'words that new authors add to the search index, a day': ['', figure(STRANGERS.filedADay)],
  'forged messages of a neighbor': ['', figure(POST_QUOTA.forged)],
  'posts that clients hand a hub, a second': [`${figure(HUB_LIMITS.postsPerSecond)} and ${mib(HUB_LIMITS.bytesPerSecond)} each`, '']
}

it('the page about security states the bounds, each as the code has it', () => {
  const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8')
  const section = page.split('\n## ').find((each) => each.startsWith('Bounds')) ?? ''
  const rows = [...section.matchAll(/^\| (.+?) \|(.*?)\|(.*?)\|.*\|$/gmu)].map(([, what = '', relay = '', desktop = '']) => [what, [relay.trim(), desktop.trim()]] as const)
  expect(Object.fromEntries(rows.filter(([what]) => what !== 'what'))).toEqual(TABLE)
  expect(section).toContain(`from ${MAX_LINE.messages} or ${mib(MAX_LINE.bytes)} on`)
  expect(limits.MAX_CIRCUITS_IN.window).toBe(10_000)
})

function connections (role: 'relay' | 'desktop'): string {
  return [limits.MAX_CONNECTIONS_PER_PEER, limits.MAX_CONNECTIONS_PER_ADDRESS[role], limits.MAX_CONNECTIONS[role]].map(figure).join(' / ')
}

function same (text: string): readonly [string, string] {
  return [text, text]
}

function rate ({ atOnce, perSecond }: { readonly atOnce: number, readonly perSecond: number }): string {
  return `${figure(atOnce)} / ${figure(perSecond)}`
}

function amount ({ posts, bytes }: { readonly posts: number, readonly bytes: number }): string {
  return `${figure(posts)} and ${figure(bytes / 1_000_000)} MB`
}

function mib (bytes: number): string {
  return `${figure(bytes / MIB)} MiB`
}

function figure (value: number): string {
  return value.toLocaleString('en-US')
}
