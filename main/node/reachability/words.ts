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

/**
 * What went wrong with a relay, in one sentence for people. libp2p and Node
 * say it in error names, codes and texts; anything else stays short and calm.
 */
export function relayTrouble (error: unknown): string {
  const text = flatten(error)
  return RULES.find(([pattern]) => pattern.test(text))?.[1] ?? 'It cannot be reached.'
}

const RULES: readonly (readonly [RegExp, string])[] = [
  [/RESERVATION_REFUSED/, 'It is full, or takes no more people from this address.'],
  [/PERMISSION_DENIED/, 'It does not serve this computer.'],
  [/RESOURCE_LIMIT_EXCEEDED/, 'It has reached its limits.'],
  [/UnsupportedProtocol|protocol selection failed/i, 'It answers, but is no relay.'],
  [/UnexpectedPeer|unexpected peer|payload identity key|InvalidCryptoExchange/i, 'Another peer answers at this address.'],
  [/ENOTFOUND|EAI_AGAIN|queryA/, 'Its name does not resolve.'],
  [/ECONNREFUSED/, 'Nobody answers at its address.'],
  [/ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL/, 'This network has no way to its address.'],
  [/Timeout|aborted|AbortError|ETIMEDOUT/i, 'It does not answer.'],
  [/NoValidAddresses|denied/i, 'Its address may not be dialled.']
]

/** Name, code and text of an error and of those it stands for. */
function flatten (error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error)
  }
  const inner = error instanceof AggregateError ? error.errors.map(flatten).join(' ') : ''
  const code = 'code' in error ? String(error.code) : ''
  return `${error.name} ${code} ${error.message} ${inner} ${error.cause === undefined ? '' : flatten(error.cause)}`
}
