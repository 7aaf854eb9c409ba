import type { Proxy, Way } from '../../node/transports/types.ts'

/** What the system names: ways out, in its order; where it names none that Natter can go, what it names instead. */
export type SystemAnswer = readonly [Way, ...Way[]] | 'other-kinds' | 'unreadable'

/** Ports of proxies that are named without one, as Chromium has them. */
const PORTS = { PROXY: 80, HTTPS: 443 } as const
/** Characters of an answer that are read; scripts name some proxies of under 100 each. */
const MAX_LENGTH = 4_096
/** Proxies that Natter does not speak to. */
const OTHER_KINDS = /^(?:SOCKS[45]?|QUIC)$/u

/**
 * Reads what Chromium answers for an address, in the words of PAC files:
 * `PROXY proxy.example:3128; HTTPS other.example; SOCKS5 …; DIRECT`. What Natter
 * cannot use is passed over where something else is named.
 */
export function readSystemAnswer (answer: string): SystemAnswer {
  const ways: Way[] = []
  let hasOthers = false
  for (const part of answer.slice(0, MAX_LENGTH).split(';')) {
    const [kind = '', place = ''] = part.trim().split(/\s+/u)
    const word = kind.toUpperCase()
    hasOthers ||= OTHER_KINDS.test(word)
    const way = word === 'DIRECT' ? 'direct' : word === 'PROXY' || word === 'HTTP' || word === 'HTTPS' ? readPlace(place, word === 'HTTPS') : undefined
    if (way !== undefined) ways.push(way)
  }
  const [first, ...rest] = ways
  return first !== undefined ? [first, ...rest] : hasOthers ? 'other-kinds' : 'unreadable'
}

/** A proxy's `host`, `host:port` or `[host]:port`; undefined where it is none of these. */
export function readPlace (place: string, secure: boolean): Proxy | undefined {
  const { ip6, name, port } = /^(?:\[(?<ip6>[\da-f:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/iu.exec(place)?.groups ?? {}
  const host = ip6 ?? name
  const number = port === undefined ? PORTS[secure ? 'HTTPS' : 'PROXY'] : Number(port)
  return host === undefined || number < 1 || number > 65_535 ? undefined : { host, port: number, secure }
}
