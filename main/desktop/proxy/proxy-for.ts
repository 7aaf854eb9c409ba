import { NodeError } from '../../node/errors.ts'
import { hostAndPort, type Proxy, type ProxyFor } from '../../node/transports/types.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Sealer } from '../keys/sealer.ts'
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

/** The proxy for each place, as the person set it, or as the system has it. */
export function createProxyFor ({ settings, sealer, resolveProxy }: ProxyForDeps): ProxyFor {
  return async (host, port) => {
    const { proxy, proxyPassword } = settings.stored()
    if (proxy.kind === 'none') return undefined
    if (proxy.kind === 'system') return askSystem(resolveProxy, host, port)
    const place = { host: proxy.host, port: proxy.port, secure: proxy.secure }
    return proxy.user === '' ? place : { ...place, authorization: basic(proxy.user, await openPassword(sealer, proxyPassword)) }
  }
}

async function askSystem (resolveProxy: ProxyForDeps['resolveProxy'], host: string, port: number): Promise<Proxy | undefined> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => { reject(new NodeError('ERR_PROXY', 'This computer does not say which proxy to use; trying again.')) }, DEADLINE)
  try {
    // As for a web page there: what proxies are for, and what scripts that choose one know.
    const way = readSystemAnswer(await Promise.race([late, resolveProxy(`https://${hostAndPort(host, port)}/`)]))
    if (way === 'unusable') throw new NodeError('ERR_PROXY', 'This computer’s settings lead through a proxy that is no HTTP proxy, which Natter does not speak. Settings → Network can name another.')
    return way === 'direct' ? undefined : way
  } finally {
    clearTimeout(timer)
  }
}

/** '' where none is kept. */
async function openPassword (sealer: Pick<Sealer, 'open'>, sealed: string): Promise<string> {
  if (sealed === '') return ''
  try {
    const { secret } = await sealer.open(new Uint8Array(Buffer.from(sealed, 'base64')))
    return Buffer.from(secret).toString('utf8')
  } catch (error) {
    throw new NodeError('ERR_PROXY', 'The proxy’s password cannot be opened here: type it again in Settings → Network.', { cause: error })
  }
}

/** RFC 7617, in UTF-8. */
function basic (user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
