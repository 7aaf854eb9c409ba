import type { Topic } from '../../preload/contract/index.ts'
import { readPasted, type Pasted } from '../../text/pasted.ts'
import { TOPIC_PREFIX } from '../../text/topic-name.ts'
import { plainName } from './names.ts'
import { count } from './words.ts'

/** What somebody typed or pasted to join or create something, as it is understood. */
export type Understood =
  | { readonly kind: 'nothing' }
  | {
    readonly kind: 'topic'
    readonly id: string
    readonly title: string
    /** A topic of other libp2p programs. */
    readonly plain: boolean
    /** This topic, where we are on it or see people on it. */
    readonly known?: Topic
    /** Another one that looks the same. */
    readonly like?: Topic
  }
  | { readonly kind: 'invite', readonly link: string }
  | {
    readonly kind: 'relay'
    readonly what: 'address' | 'name' | 'list'
    readonly text: string
    /** A name in DNS may be a topic's too. */
    readonly topic?: string
  }

/** How it is to be read. */
export interface Reading {
  /** The name of a topic of other libp2p programs, exactly as it stands. */
  readonly plain: boolean
  /** It is a topic, of the name that was typed: neither the relay nor the look-alike that was offered first. */
  readonly asTyped: boolean
  readonly topics: readonly Topic[]
  /** Whether one title may be taken for the other; left out while that cannot be told yet. */
  readonly looksLike?: (a: string, b: string) => boolean
}

/** Reads what was typed or pasted, whatever programs put around it. */
export function understand (text: string, reading: Reading): Understood {
  const read = readPasted(text)
  // No topic is called like an invite.
  if (read.kind === 'invite') return { kind: 'invite', link: read.link }
  if (reading.plain) return text.trim() === '' ? { kind: 'nothing' } : topicOf(text.trim(), reading)
  switch (read.kind) {
    case 'nothing': return read
    case 'topic': return topicOf(read.name, reading)
    case 'relay-name': return reading.asTyped ? topicOf(read.topic, reading) : { kind: 'relay', what: 'name', text: read.name, topic: read.topic }
    case 'relay-address': return { kind: 'relay', what: 'address', text: read.address }
    case 'relay-list': return { kind: 'relay', what: 'list', text: read.reference }
  }
}

function topicOf (name: string, { plain, asTyped, topics, looksLike }: Reading): Understood {
  const own = name.startsWith(TOPIC_PREFIX)
  const id = own || plain ? name : TOPIC_PREFIX + name
  const seen = topics.filter((topic) => topic.subscribed || topic.people > 0)
  const known = seen.find((topic) => topic.id === id)
  const title = id.startsWith(TOPIC_PREFIX) ? id.slice(TOPIC_PREFIX.length) : id
  // Ours first.
  const like = asTyped || known !== undefined || looksLike === undefined
    ? undefined
    : [...seen].sort((a, b) => Number(b.subscribed) - Number(a.subscribed)).find((topic) => looksLike(topic.title, title))
  return { kind: 'topic', id, title, plain: plain && !own, ...(known === undefined ? {} : { known }), ...(like === undefined ? {} : { like }) }
}

/** What is said of it, before anything happens. */
export interface UnderstoodWords {
  /** What it is. */
  readonly lead: string
  readonly more: string
  /** What the button does. */
  readonly action: string
  /** What else it may be; '' where it is only that. */
  readonly other: string
}

/** Says what was understood, and what comes of it. */
export function understoodWords (understood: Understood): UnderstoodWords {
  switch (understood.kind) {
    case 'nothing': return { lead: '', more: 'Type a topic’s name, or paste an invite, or the name or address of a relay.', action: 'Join', other: '' }
    case 'invite': return { lead: 'An invite.', more: '', action: 'Join', other: '' }
    case 'relay': return {
      ...{
        name: { lead: `The relay ${understood.text}.`, more: 'Natter looks it up. Others can reach you through it.', action: 'Add relay' },
        address: { lead: 'A relay’s address.', more: 'Others can reach you through this relay.', action: 'Add relay' },
        list: { lead: 'A signed list of relays.', more: 'Natter uses the relays on it, and follows it as it changes.', action: 'Add list' }
      }[understood.what],
      other: understood.topic === undefined ? '' : `Join the topic # ${plainName(understood.topic)}`
    }
    case 'topic': return topicWords(understood)
  }
}

function topicWords ({ title, plain, known, like }: Extract<Understood, { readonly kind: 'topic' }>): UnderstoodWords {
  const name = `# ${plainName(title)}`
  if (like !== undefined) {
    const other = `# ${plainName(like.title)}`
    return like.subscribed
      ? { lead: `You are in ${other}, whose name looks the same.`, more: `${name} is another topic.`, action: 'Open', other: `Join ${name} instead` }
      : { lead: `People nearby are in ${other}, whose name looks the same.`, more: `${name} is another topic.`, action: `Join ${other}`, other: `Join ${name} instead` }
  }
  if (known?.subscribed === true) return { lead: `You are in ${name}.`, more: '', action: 'Open', other: '' }
  const there = known === undefined ? '' : ` ${count(known.people, 'person', 'people')} you are connected to ${known.people === 1 ? 'is' : 'are'} in it.`
  return plain || known?.dialect === 'text'
    ? { lead: `The plain text topic ${name}.${there}`, more: 'Other libp2p programs read and post there too. Posts carry no names.', action: 'Join', other: '' }
    : { lead: `The topic ${name}.${there}`, more: 'Everyone who joins the same name meets there. Anyone who knows the name can read it.', action: 'Join', other: '' }
}

/**
 * What of a paste over several lines is meant, to go into a field of one line:
 * a field drops line breaks, and with them what tells a quoted mail's marks from the rest.
 */
export function wholeOf (pasted: Pasted): string | undefined {
  switch (pasted.kind) {
    case 'invite': return pasted.link
    case 'relay-address': return pasted.address
    case 'relay-name': return pasted.name
    case 'relay-list': return pasted.reference
    case 'topic':
    case 'nothing': return undefined
  }
}
