import type { Argument, ProxyChoice } from '../../../preload/contract/index.ts'
import { CallError } from '../errors.ts'
import { readPlace } from '../proxy/system-answer.ts'
import { requireOpen } from './after-unlock.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

/** The call that says how to get out of this network. It holds at once: the node is made anew, and goes the new way. */
export function proxyHandlers (deps: ApiDeps): Pick<Handlers, 'setProxy'> {
  const { session, settings, sealer } = deps

  return {
    setProxy: async (asked) => {
      await session.whenSettingsOpen()
      const before = settings.stored()
      const next = asked.kind === 'this' ? await readProxy(asked) : { proxy: { kind: asked.kind }, proxyPassword: '' } as const
      // The password is private.
      requireOpen(settings)
      settings.update(next)
      const now = settings.stored()
      if (now.proxy !== before.proxy || now.proxyPassword !== before.proxyPassword) void session.restart()
      await saveNow(deps)
      return settings.visible()
    }
  }

  async function readProxy ({ address, user, password }: Extract<Argument<'setProxy'>, { kind: 'this' }>): Promise<{ readonly proxy: ProxyChoice, readonly proxyPassword: string }> {
    const place = readAddress(address)
    const kept = settings.stored()
    // A password is for one proxy and one user: another proxy must not be told it.
    const same = kept.proxy.kind === 'this' && kept.proxy.host === place.host && kept.proxy.port === place.port && kept.proxy.secure === place.secure && kept.proxy.user === user.trim()
    if (user.trim() === '' && (password ?? '') !== '') throw new CallError('ERR_BAD_SETTING', 'A password needs a user: name one too.')
    if (user.includes(':')) throw new CallError('ERR_BAD_SETTING', 'A user of a proxy has no colon in the name.')
    const proxyPassword = password === null ? (same ? kept.proxyPassword : '') : await seal(password)
    return { proxy: { kind: 'this', host: place.host, port: place.port, secure: place.secure, user: user.trim(), hasPassword: proxyPassword !== '' }, proxyPassword }
  }

  async function seal (password: string): Promise<string> {
    if (password === '') return ''
    if (!await sealer.isAvailable()) throw new CallError('ERR_UNAVAILABLE', 'This system has no key store, so there is no safe place for a password, and Natter keeps none. Use a proxy that asks for none, or set up the key store.')
    return Buffer.from(await sealer.seal(new TextEncoder().encode(password))).toString('base64')
  }
}

function readAddress (text: string): { readonly host: string, readonly port: number, readonly secure: boolean } {
  const { scheme, rest = '' } = /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?<rest>.*?)\/?$/iu.exec(text.trim())?.groups ?? {}
  const kind = scheme?.toLowerCase() ?? 'http'
  if (kind.startsWith('socks')) throw new CallError('ERR_BAD_SETTING', 'Natter goes through HTTP proxies, not through SOCKS ones.')
  if (rest.includes('@')) throw new CallError('ERR_BAD_SETTING', 'User and password have fields of their own: leave them out of the address.')
  const place = kind === 'http' || kind === 'https' ? readPlace(rest, kind === 'https') : undefined
  if (place === undefined || !/:\d+$/u.test(rest)) throw new CallError('ERR_BAD_SETTING', 'A proxy is named by its host and port, as in proxy.example:3128.')
  return place
}
