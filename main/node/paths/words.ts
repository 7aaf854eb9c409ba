import type { Paths, PortMapping } from './types.ts'

/** Why somebody is reached through a relay and not directly, in sentences. */
export const WORDS = {
  off: 'Direct connections are switched off in Settings.',
  trying: 'Trying to connect directly.',
  direct: 'Connected directly.',
  unseen: 'No relay has told yet how this computer is seen from outside.',
  changing: 'Your network gives every connection another port, so nobody can know where to meet you.',
  proxy: 'A proxy leads out of your network; connections past it are not made.',
  unsupported: 'Their program makes no direct connections, or they switched them off.',
  nowhere: 'The other end knows no place where it can be met: its network gives every connection another port, or its relays have not told it yet.',
  quiet: 'The other end broke off: it wants no direct connection, or it is busy.',
  waiting: 'The other end, whom you called, has not asked for a direct connection yet.',
  failed: 'Both ends called each other and neither heard the other: a firewall, or a network that changes ports, is in the way on one of the two sides.',
  short: 'The direct connection broke soon after it stood.'
} as const

/** Why we know no place to be met, in a sentence. */
export function whyNoPlace (paths: Pick<Paths, 'mapping'>): string {
  return paths.mapping(4) === 'changing' || paths.mapping(6) === 'changing' ? WORDS.changing : WORDS.unseen
}

/** What our own network does with ports, in a sentence, for those who look for a cause. */
export function mappingWords (mapping: PortMapping): string {
  switch (mapping) {
    case 'kept': return 'Your network lets ports out as they are.'
    case 'same': return 'Your network gives a connection one other port for all places.'
    case 'changing': return WORDS.changing
    case 'unknown': return 'Your network changes ports on the way out; a second relay would show how.'
  }
}
