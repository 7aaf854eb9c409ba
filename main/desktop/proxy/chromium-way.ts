import type { ProxyConfig } from 'electron'
import type { ProxyChoice } from '../../../preload/contract/index.ts'
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

/**
 * Tells user and password to the proxy that they are for, so often and not
 * more: Chromium asks again where they were wrong.
 */
export function createLogin ({ settings, sealer, times }: { readonly settings: Pick<SettingsService, 'stored'>, readonly sealer: Pick<Sealer, 'open'>, readonly times: number }): Login {
  let left = times
  return ({ isProxy, host, port }, answer) => {
    const { proxy, proxyPassword } = settings.stored()
    const isOurs = isProxy && proxy.kind === 'this' && proxy.user !== '' && proxy.host.toLowerCase() === host.toLowerCase().replace(/^\[|\]$/gu, '') && proxy.port === port
    if (!isOurs || left-- <= 0) {
      answer()
      return
    }
    openPassword(sealer, proxyPassword).then((password) => { answer(proxy.user, password) }, () => { answer() })
  }
}
