import { NodeError } from '../../node/errors.ts'
import { hostAndPort, type ProxyFor, type Way } from '../../node/transports/types.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Sealer } from '../keys/sealer.ts'
import { openPassword } from './password.ts'
import { readSystemAnswer } from './system-answer.ts'

/** Milliseconds that the system has to name a proxy; a script that it has to get first may take long, and the next dial asks again. */
const DEADLINE = 3_000

/** What {@link createProxyFor} stands on. */
export interface ProxyForDeps {
  readonly settings: Pick<SettingsService, 'stored'>
  readonly sealer: Pick<Sealer, 'open'>
  /** Which proxy the system names for a web address, in the words of PAC files. */
  readonly resolveProxy: (url: string) => Promise<string>
}

/** What is said where the system names no way that Natter can go. Nothing is gone around: a proxy is there for a reason. */
const NO_WAY = {
  'other-kinds': 'This computer’s settings lead through a proxy that is no HTTP proxy, which Natter does not speak. Settings → Network can name another.',
  unreadable: 'This computer’s settings, or the script that they name, name a proxy in words that cannot be read. Settings → Network can name one.'
} as const

/** The proxy for each place, as the person set it; or those that the system has. */
export function createProxyFor ({ settings, sealer, resolveProxy }: ProxyForDeps): ProxyFor {
  return async (host, port) => {
    const { proxy, proxyPassword } = settings.stored()
    if (proxy.kind === 'none') return []
    if (proxy.kind === 'system') return askSystem(resolveProxy, host, port)
    const place = { host: proxy.host, port: proxy.port, secure: proxy.secure }
    return [proxy.user === '' ? place : { ...place, authorization: basic(proxy.user, await openPassword(sealer, proxyPassword)) }]
  }
}

async function askSystem (resolveProxy: ProxyForDeps['resolveProxy'], host: string, port: number): Promise<readonly Way[]> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => { reject(new NodeError('ERR_PROXY', 'This computer does not say which proxy to use; trying again.')) }, DEADLINE)
  try {
    // As for a web page there: what proxies are for, and what scripts that choose one know.
    const answer = readSystemAnswer(await Promise.race([late, resolveProxy(`https://${hostAndPort(host, port)}/`)]))
    if (typeof answer === 'string') throw new NodeError('ERR_PROXY', NO_WAY[answer])
    return answer
  } finally {
    clearTimeout(timer)
  }
}

/** RFC 7617, in UTF-8. */
function basic (user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
