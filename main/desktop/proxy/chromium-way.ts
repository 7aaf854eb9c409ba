import { setTimeout as wait } from 'node:timers/promises'
import type { ProxyConfig } from 'electron'
import type { ProxyChoice } from '../../../preload/contract/index.ts'
import { NodeError } from '../../node/errors.ts'
import { hostAndPort } from '../../node/transports/types.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Sealer } from '../keys/sealer.ts'
import { openPassword } from './password.ts'

/** What Chromium says of somebody who asks for a user and a password. */
export interface Asker {
  readonly isProxy: boolean
  readonly host: string
  readonly port: number
}

/** Answers such a question; without a user, nobody is told anything. */
export type Login = (asker: Asker, answer: (user?: string, password?: string) => void) => void

/** What is in this computer or its network, as connections to relays have it; loopback is never asked of a proxy by Chromium. */
const NEAR = ['<local>', '*.local', '*.home.arpa', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '[fc00::]/7', '[fe80::]/10'].join(';')

/** The way that the person chose, in Chromium's words. */
export function chromiumWay (choice: ProxyChoice): ProxyConfig {
  if (choice.kind === 'none') return { mode: 'direct' }
  if (choice.kind === 'system') return { mode: 'system' }
  const { host, port, secure } = choice
  return { mode: 'fixed_servers', proxyRules: `${secure ? 'https' : 'http'}://${hostAndPort(host, port)}`, proxyBypassRules: NEAR }
}

/** What of Electron's session leads its requests. */
export interface Led {
  readonly setProxy: (config: ProxyConfig) => Promise<void>
  readonly resolveProxy: (url: string) => Promise<string>
}

/** Led as any name that is elsewhere; nobody is asked for it. */
const ELSEWHERE = 'https://natter.invalid/'
/** Milliseconds that Chromium may take to go another way, and between two looks. */
const TAKEN_UP_WITHIN = 5_000
const LOOK_EVERY = 10

/**
 * Has a session go the way that the person chose, from the next request on.
 * Electron says so before Chromium's network process knows: right after it one
 * session in 120 still led the old way (measured), and once in 75 runs of a
 * test a request went around the proxy. Where the system chooses, what it will
 * answer is not known and not waited for.
 *
 * @throws {NodeError} `ERR_PROXY` when Chromium keeps to another way; nothing may be requested then
 */
export async function lead (session: Led, choice: ProxyChoice, limit = TAKEN_UP_WITHIN): Promise<void> {
  await session.setProxy(chromiumWay(choice))
  if (choice.kind === 'system') return
  const wanted = choice.kind === 'none' ? 'DIRECT' : inWords(choice)
  const until = performance.now() + limit
  while (await session.resolveProxy(ELSEWHERE) !== wanted) {
    if (performance.now() > until) throw new NodeError('ERR_PROXY', 'The proxy that is set was not taken up. Start Natter again.')
    await wait(LOOK_EVERY)
  }
}

/** A proxy as Chromium answers it: in lower case, its name in ASCII, its port always there. */
function inWords ({ host, port, secure }: Extract<ProxyChoice, { kind: 'this' }>): string {
  return `${secure ? 'HTTPS' : 'PROXY'} ${new URL(`http://${hostAndPort(host, port)}`).hostname}:${String(port)}`
}

/**
 * Tells user and password to the proxy that they are for, so often and not
 * more: Chromium asks again where they were wrong.
 */
export function createLogin ({ settings, sealer, times }: { readonly settings: Pick<SettingsService, 'stored'>, readonly sealer: Pick<Sealer, 'open'>, readonly times: number }): Login {
  let left = times
  return ({ isProxy, host, port }, answer) => {
    const { proxy, proxyPassword } = settings.stored()
    // Before the identity key is open there is no password to tell, and a wrong one could lock the account.
    const isOurs = isProxy && proxy.kind === 'this' && proxy.user !== '' && proxy.hasPassword === (proxyPassword !== '') && proxy.host.toLowerCase() === host.toLowerCase().replace(/^\[|\]$/gu, '') && proxy.port === port
    if (!isOurs || left-- <= 0) {
      answer()
      return
    }
    openPassword(sealer, proxyPassword).then((password) => { answer(proxy.user, password) }, () => { answer() })
  }
}
