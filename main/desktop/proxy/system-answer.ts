import type { Proxy } from '../../node/transports/types.ts'

/** The ways out that the system names, by the first that Natter can go: a proxy, or none (`direct`). `unusable`: only ways that it cannot. */
export type WayOut = Proxy | 'direct' | 'unusable'

/** Ports of proxies that are named without one, as Chromium has them. */
const PORTS = { PROXY: 80, HTTPS: 443 } as const

/**
 * Reads what Chromium answers for an address, in the words of PAC files:
 * `PROXY proxy.example:3128; HTTPS other.example; SOCKS5 …; DIRECT`.
 */
export function readSystemAnswer (answer: string): WayOut {
  for (const part of answer.slice(0, 4_096).split(';')) {
    const [kind = '', place = ''] = part.trim().split(/\s+/u)
    const word = kind.toUpperCase()
    if (word === 'DIRECT') return 'direct'
    if (word !== 'PROXY' && word !== 'HTTP' && word !== 'HTTPS') continue
    const proxy = readPlace(place, word === 'HTTPS')
    if (proxy !== undefined) return proxy
  }
  return answer.trim() === '' ? 'direct' : 'unusable'
}

/** A proxy's `host`, `host:port` or `[host]:port`; undefined where it is none of these. */
export function readPlace (place: string, secure: boolean): Proxy | undefined {
  const { ip6, name, port } = /^(?:\[(?<ip6>[\da-f:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/iu.exec(place)?.groups ?? {}
  const host = ip6 ?? name
  const number = port === undefined ? PORTS[secure ? 'HTTPS' : 'PROXY'] : Number(port)
  return host === undefined || number < 1 || number > 65_535 ? undefined : { host, port: number, secure }
}
