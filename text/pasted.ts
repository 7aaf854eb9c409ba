import { findInvite } from './invite-link.ts'
import { findCertainRelay, withoutMarks } from './relay-text.ts'
import { readTopicName, TOPIC_PREFIX } from './topic-name.ts'
import { unwrapAscii } from './unwrap.ts'

/** What somebody typed or pasted, by what it names. */
export type Pasted =
  | { readonly kind: 'nothing' }
  /** As `readInvite` and `joinInvite` take it; it may be cut short or damaged. */
  | { readonly kind: 'invite', readonly link: string }
  /** A multiaddr, or what is meant as one; `addRelay` says what is wrong with it. */
  | { readonly kind: 'relay-address', readonly address: string }
  /** A name in DNS, with or without a port: a relay's, or a topic called so (`topic`). */
  | { readonly kind: 'relay-name', readonly name: string, readonly topic: string }
  /** A signed list of relays. */
  | { readonly kind: 'relay-list', readonly reference: string }
  /** A topic, by its name or by its whole id. `hash`: with `#` before it. */
  | { readonly kind: 'topic', readonly name: string, readonly hash: boolean }

/** Endings of countries that file names have too: `node.js` is a topic sooner than a relay. */
export const FILE_ENDINGS: ReadonlySet<string> = new Set(['ai', 'am', 'cc', 'gz', 'js', 'md', 'mk', 'mm', 'pl', 'ps', 'py', 'rs', 'sh', 'so', 'ts', 'vb'])

/** Peer ids, hosts with a port, and web addresses: no topic is called so, and `addRelay` says in words what is missing. */
const NO_TOPIC = /^(?:12D3Koo|16Uiu2|Qm[1-9A-HJ-NP-Za-km-z]{44}$)|^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])(?::\d{1,5})?$|^(?:https?|wss?|tcp):\/\//iu

/**
 * Tells what somebody pasted where a topic, an invite or a relay may be named,
 * whatever chat and mail programs put around it.
 */
export function readPasted (text: string): Pasted {
  const invite = findInvite(text)
  if (invite !== undefined) return { kind: 'invite', link: invite }
  const { name, hash } = readTopicName(text)
  if (name === '') return { kind: 'nothing' }
  const bare = withoutMarks(unwrapAscii(text))
  // A whole id is taken as it stands.
  if (name.startsWith(TOPIC_PREFIX)) return { kind: 'topic', name, hash: false }
  if (hash) return { kind: 'topic', name, hash }
  // Another link of ours is meant as an invite, and is told what is wrong with it.
  if (/^natter:/iu.test(bare)) return { kind: 'invite', link: bare }
  const relay = findCertainRelay(text)
  if (relay?.kind === 'list') return { kind: 'relay-list', reference: relay.text }
  if (relay?.kind === 'address') return { kind: 'relay-address', address: relay.text }
  if (relay !== undefined && !isFileName(relay.text)) return { kind: 'relay-name', name: relay.text, topic: name }
  return NO_TOPIC.test(bare) ? { kind: 'relay-address', address: bare } : { kind: 'topic', name, hash }
}

function isFileName (name: string): boolean {
  const labels = name.split('.')
  return labels.length === 2 && FILE_ENDINGS.has(labels[1] ?? '')
}
