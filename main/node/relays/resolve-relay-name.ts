import { Resolver } from 'node:dns/promises'
import { readRelayAddress } from '../addresses/relay-address.ts'
import { resolveName, type Resolve } from '../addresses/resolve-name.ts'
import { RELAY_NAME_LIMITS as LIMITS } from '../limits.ts'
import { relayTrouble } from '../reachability/words.ts'
import { readRelayName, type RelayName } from './relay-name.ts'
import type { WhoAnswers } from './who-answers.ts'

/** The TXT records of a name, each as its pieces put together. Rejects as `node:dns` does, with a `code`. */
export type LookUpText = (name: string) => Promise<readonly string[]>

/** What looking a relay's name up needs; the system's resolver unless a test says otherwise. */
export interface ResolveRelayNameOptions {
  readonly lookUpText?: LookUpText
  /** Tells whether a host without records is there at all. */
  readonly resolve?: Resolve
  /** Asks at the name itself where DNS lists no relay. @default nobody is asked */
  readonly whoAnswers?: WhoAnswers
}

/** A relay under a name. */
export interface NamedRelay {
  readonly peerId: string
  /** Where it is, in the order of the alphabet: the order of DNS records means nothing and changes. Never empty. */
  readonly addresses: readonly string[]
}

/** What a name stands for now, or in one sentence why that is not known. */
export type NamedRelays =
  /** `partial`: one that answers at the name itself. DNS did not list it, so that what was known before may still hold. */
  | { readonly kind: 'found', readonly relays: readonly NamedRelay[], readonly partial?: true }
  /** `answered`: DNS said so. Else it said nothing, and what was known before may still hold. */
  | { readonly kind: 'failed', readonly answered: boolean, readonly words: string }

/** The port of a name itself: what gets through firewalls and proxies, and where a certificate for the name is at home. */
const HTTPS = 443
/** What the words about DNS say already. */
const NO_SUCH_NAME = relayTrouble(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))

/**
 * Finds the relays that a name stands for: those that DNS lists, or where it
 * lists none, the one that answers at the name itself, `wss://<host>:443`. So
 * a network without DNS keeps nobody from a relay that its proxy leads to, and
 * a relay with TLS at that port needs no records. Never rejects.
 */
export async function resolveRelayName (name: RelayName, { whoAnswers, ...options }: ResolveRelayNameOptions = {}): Promise<NamedRelays> {
  const listed = await lookUpListed(name, options)
  if (listed.kind === 'found' || whoAnswers === undefined) return listed
  const port = name.port ?? HTTPS
  const answer = await whoAnswers(name.host, port)
  if ('trouble' in answer) return answer.trouble === NO_SUCH_NAME ? listed : andNotThere(listed, name.host, port, answer.trouble)
  if (name.peerId !== undefined && answer.peerId !== name.peerId) return andNotThere(listed, name.host, port, 'Another peer answers there.')
  return { kind: 'found', relays: [{ peerId: answer.peerId, addresses: [answer.address] }], partial: true }
}

function andNotThere ({ answered }: Extract<NamedRelays, { kind: 'failed' }>, host: string, port: number, trouble: string): NamedRelays {
  const dns = answered ? `DNS lists no relay under ${host} that Natter can use` : `The DNS of this network does not answer for ${host}`
  return { kind: 'failed', answered, words: `${dns}, and none was found at wss://${host}:${String(port)}. ${trouble}` }
}

/**
 * Looks up the relays that DNS lists under a name: the TXT records of
 * `_dnsaddr.<host>`, as libp2p has them, which may name further names. The
 * answers come from strangers: their number, size and depth are bounded, and
 * what is no address of a relay is passed over. Never rejects.
 */
async function lookUpListed (name: RelayName, { lookUpText = lookUp, resolve = resolveName }: Omit<ResolveRelayNameOptions, 'whoAnswers'>): Promise<NamedRelays> {
  const found = new Map<string, Set<string>>()
  const seen = new Set([name.host])
  let next: RelayName[] = [name]
  let trouble: { readonly answered: boolean, readonly words: string } | undefined
  let records = 0
  for (let depth = 0; depth < LIMITS.depth && next.length > 0; depth++) {
    const answers = await Promise.all(next.map(async (asked) => lookUpText(`_dnsaddr.${asked.host}`).then(
      (texts) => ({ asked, texts: texts.slice(0, LIMITS.records) }),
      async (error: unknown) => {
        if (depth === 0) trouble = await explain(name.host, error, resolve)
        return { asked, texts: [] }
      }
    )))
    next = []
    for (const { asked, texts } of answers) {
      records += texts.length
      for (const text of texts) {
        const read = readRecord(text)
        if (read === undefined) continue
        if ('host' in read) {
          const isWanted = read.peerId === undefined || name.peerId === undefined || read.peerId === name.peerId
          if (isWanted && !seen.has(read.host) && seen.size < LIMITS.names) {
            seen.add(read.host)
            next.push(asked.peerId === undefined ? read : { ...read, peerId: asked.peerId })
          }
        } else if (fits(read, asked, name.port)) {
          add(found, read)
        }
      }
    }
  }
  if (found.size > 0) return { kind: 'found', relays: [...found].map(([peerId, addresses]) => ({ peerId, addresses: [...addresses].sort() })) }
  if (trouble !== undefined) return { kind: 'failed', ...trouble }
  return { kind: 'failed', answered: true, words: records === 0 ? noRecords(name.host) : unusable(name) }
}

type Read = { readonly address: string, readonly peerId: string, readonly port: number } | RelayName

function readRecord (text: string): Read | undefined {
  if (text.length > LIMITS.recordLength || !text.startsWith('dnsaddr=')) return undefined
  const value = text.slice('dnsaddr='.length)
  const further = value.startsWith('/dnsaddr/') ? readRelayName(value) : undefined
  if (further !== undefined) return further
  try {
    const { multiaddr, peerId } = readRelayAddress(value)
    const port = Number(multiaddr.getComponents().find(({ name }) => name === 'tcp')?.value)
    return { address: multiaddr.toString(), peerId, port }
  } catch {
    // For another kind of peer, or cut short: the others may do.
    return undefined
  }
}

function fits (read: { readonly peerId: string, readonly port: number }, asked: RelayName, port: number | undefined): boolean {
  return (asked.peerId === undefined || asked.peerId === read.peerId) && (port === undefined || port === read.port)
}

function add (found: Map<string, Set<string>>, { peerId, address }: { readonly peerId: string, readonly address: string }): void {
  const addresses = found.get(peerId)
  if (addresses !== undefined) {
    if (addresses.size < LIMITS.addresses) addresses.add(address)
  } else if (found.size < LIMITS.relays) {
    found.set(peerId, new Set([address]))
  }
}

/** A resolver of its own for each question: it reads the system's configuration when it is made, and networks change. */
async function lookUp (name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: LIMITS.timeout, tries: 2, maxTimeout: LIMITS.timeout })
  return (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))
}

async function explain (host: string, error: unknown, resolve: Resolve): Promise<{ readonly answered: boolean, readonly words: string }> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOTFOUND' && code !== 'ENODATA') {
    return { answered: false, words: `The name ${host} cannot be looked up: the DNS of this network does not answer.` }
  }
  if (code === 'ENODATA' || (await resolve(host, 'any')).length > 0) return { answered: true, words: noRecords(host) }
  return { answered: true, words: `The name ${host} does not exist: check how it is spelt.` }
}

function noRecords (host: string): string {
  return `${host} does not say which relay is there. Whoever runs it can have it listen with TLS on port 443, add a TXT record to _dnsaddr.${host}, or give you the relay's whole address.`
}

function unusable ({ host, port, peerId }: RelayName): string {
  const which = peerId !== undefined ? 'that relay' : port !== undefined ? `a relay at port ${String(port)}` : 'a relay'
  return `${host} does not name ${which} at an address that Natter can use: its TXT records look like dnsaddr=/dns4/${host}/tcp/4001/p2p/12D3….`
}
