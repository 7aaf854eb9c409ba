import { NodeError } from '../errors.ts'
import type { Refusal } from '../relay/refusals.ts'

/** What a relay answers to why it gives us no place. */
const REFUSED: Readonly<Partial<Record<Refusal, string>>> = {
  reservations: 'It is full.',
  reservationsPerAddress: 'It takes no more people from this address.',
  notAllowed: 'It serves only people whom its owner named, and we are not among them.',
  banned: 'Its owner lets nobody in from here.',
  draining: 'It is closing down; asking again until it is back.'
}

/** Why a relay gave us no place: what it said when it was asked, else what went wrong. */
export function refusal (reason: Refusal | undefined, error: unknown): string {
  return (reason === undefined ? undefined : REFUSED[reason]) ?? relayTrouble(error)
}

/** Why a relay opens no circuit: what it says when it is asked, else what circuit relay v2's status says. */
export type CircuitTrouble = Refusal | 'noReservation' | 'connectionFailed' | 'limits' | 'denied'

/** The same, as the rest of a sentence about the relay. */
const NO_CIRCUIT: Readonly<Partial<Record<CircuitTrouble, string>>> = {
  circuitsPerPeer: 'carries no more connections for one of the two ends',
  circuitsPerAddress: 'carries no more connections for people from this address',
  dials: 'was asked for too many connections in a minute',
  notAllowed: 'serves only people whom its owner named, and we are not among them',
  banned: 'serves nobody from here: its owner wants it so',
  draining: 'is closing down',
  noReservation: 'does not listen for them at the moment',
  connectionFailed: 'listens for them, and they do not answer it',
  limits: 'has reached its limits'
}

/** The same as a whole sentence, with the relay's peer id in it. */
export function circuitWords (relay: string, trouble: CircuitTrouble): string {
  return `Relay ${relay} ${NO_CIRCUIT[trouble] ?? 'carries no connections for us'}.`
}

/**
 * What went wrong with a relay, in one sentence for people. libp2p and Node
 * say it in error names, codes and texts; anything else stays short and calm.
 */
export function relayTrouble (error: unknown): string {
  const proxy = sentenceAboutProxy(error)
  if (proxy !== undefined) {
    return proxy
  }
  const text = flatten(error)
  return RULES.find(([pattern]) => pattern.test(text))?.[1] ?? 'It cannot be reached.'
}

/** Whether the machine itself said no: there is a way to it, and nobody listens. */
export function isRefused (error: unknown): boolean {
  return /ECONNREFUSED/u.test(flatten(error))
}

const RULES: readonly (readonly [RegExp, string])[] = [
  [/RESERVATION_REFUSED/, 'It is full, or takes no more people from this address.'],
  [/PERMISSION_DENIED/, 'It does not serve this computer.'],
  [/RESOURCE_LIMIT_EXCEEDED/, 'It has reached its limits.'],
  [/UnsupportedProtocol|protocol selection failed/i, 'It answers, but is no relay.'],
  [/UnexpectedPeer|unexpected peer|payload identity key|InvalidCryptoExchange/i, 'Another peer answers at this address.'],
  [/CERT_HAS_EXPIRED/, 'Its certificate ran out; whoever runs it has to renew it.'],
  [/CERT_NOT_YET_VALID/, 'Its certificate does not count yet, or the clock of this computer is behind.'],
  [/ERR_TLS_CERT_ALTNAME_INVALID/, 'Its certificate is for another name.'],
  [/SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/, 'Nobody whom this computer trusts signed its certificate.'],
  [/ERR_SSL|EPROTO|TLS connection was established/, 'It has no certificate to show, or speaks no TLS there.'],
  [/Unexpected server response/, 'No relay answers at its address, but a web server.'],
  [/ENOTFOUND|EAI_AGAIN|queryA/, 'Its name does not resolve.'],
  [/ECONNREFUSED/, 'Nobody answers at its address.'],
  [/ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL/, 'This network has no way to its address.'],
  [/Timeout|aborted|AbortError|ETIMEDOUT/i, 'It does not answer.'],
  [/NoValidAddresses|denied/i, 'Its address may not be dialled.']
]

/** What a proxy did is said by who asked it. */
function sentenceAboutProxy (error: unknown): string | undefined {
  if (!(error instanceof Error)) {
    return undefined
  }
  if (error instanceof NodeError && (error.code === 'ERR_PROXY' || error.code === 'ERR_PROXY_DOWN')) {
    return error.message
  }
  const inside: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  return [...inside, error.cause].map(sentenceAboutProxy).find((sentence) => sentence !== undefined)
}

/** Name, code and text of an error and of those it stands for. */
function flatten (error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error)
  }
  const inner = error instanceof AggregateError ? error.errors.map(flatten).join(' ') : ''
  const code = 'code' in error ? String(error.code) : ''
  return `${error.name} ${code} ${error.message} ${inner} ${error.cause === undefined ? '' : flatten(error.cause)}`
}
