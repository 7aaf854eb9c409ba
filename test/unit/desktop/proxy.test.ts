import { rm } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { chromiumWay, createLogin, lead, type Asker, type Led } from '../../../main/desktop/proxy/chromium-way.ts'
import { createProxyFor } from '../../../main/desktop/proxy/proxy-for.ts'
import { resolveBehindProxy } from '../../../main/desktop/proxy/resolve-behind-proxy.ts'
import { readSystemAnswer } from '../../../main/desktop/proxy/system-answer.ts'
import { DEFAULT_SETTINGS, type StoredSettings } from '../../../main/settings/schema.ts'
import { makeApp, type TestApp } from '../support/app.ts'

const apps: TestApp[] = []
afterEach(async () => {
  await Promise.all(apps.splice(0).map(async ({ session, folder }) => {
    await session.stop()
    await rm(folder, { recursive: true, force: true })
  }))
})

async function app (keyStore = true): Promise<TestApp> {
  const made = await makeApp({ keyStore })
  apps.push(made)
  return made
}

describe('what the system answers', () => {
  it.each([
    ['DIRECT', ['direct']],
    ['PROXY proxy.example:3128; DIRECT', [{ host: 'proxy.example', port: 3128, secure: false }, 'direct']],
    ['PROXY a.example:1;PROXY b.example:2 ; direct;', [{ host: 'a.example', port: 1, secure: false }, { host: 'b.example', port: 2, secure: false }, 'direct']],
    ['PROXY [2001:db8::1]:8080', [{ host: '2001:db8::1', port: 8080, secure: false }]],
    ['HTTPS proxy.example', [{ host: 'proxy.example', port: 443, secure: true }]],
    ['SOCKS5 socks.example:1080; PROXY proxy.example:80', [{ host: 'proxy.example', port: 80, secure: false }]],
    ['SOCKS5 socks.example:1080', 'other-kinds'],
    ['PROXY proxy.example:99999; DIRECT', ['direct']],
    ['PROXY proxy.example\u0000', 'unreadable'],
    ['', 'unreadable'],
    ['PROXY', 'unreadable'],
    ['proxy.example:3128', 'unreadable'],
    ['<html>Please log in</html>', 'unreadable']
  ] as const)('%s', (answer, way) => {
    expect(readSystemAnswer(answer)).toEqual(way)
  })
})

describe('the proxy for a place', () => {
  const sealer = { open: async (sealed: Uint8Array) => ({ secret: sealed.map((byte) => byte ^ 1), isStale: false }) }
  const stored = (proxy: StoredSettings['proxy'], proxyPassword = ''): { readonly stored: () => StoredSettings } => ({ stored: () => ({ ...DEFAULT_SETTINGS, proxy, proxyPassword }) })

  it('is asked of the system as for a web page, and nothing else is where the person chose', async () => {
    const asked: string[] = []
    const resolveProxy = async (url: string): Promise<string> => {
      asked.push(url)
      return Promise.resolve('PROXY proxy.example:3128')
    }
    const ask = async (proxy: StoredSettings['proxy']): Promise<unknown> => createProxyFor({ settings: stored(proxy), sealer, resolveProxy })('2001:db8::7', 4001)
    expect(await ask({ kind: 'system' })).toEqual([{ host: 'proxy.example', port: 3128, secure: false }])
    expect(await ask({ kind: 'none' })).toEqual([])
    expect(await ask({ kind: 'this', host: 'other.example', port: 8080, secure: false, user: '', hasPassword: false })).toEqual([{ host: 'other.example', port: 8080, secure: false }])
    expect(asked).toEqual(['https://[2001:db8::7]:4001/'])
  })

  it('is told user and password, in UTF-8', async () => {
    const sealed = Buffer.from('pässe:word').map((byte) => byte ^ 1)
    const proxyFor = createProxyFor({ settings: stored({ kind: 'this', host: 'p', port: 1, secure: false, user: 'ada', hasPassword: true }, Buffer.from(sealed).toString('base64')), sealer, resolveProxy: async () => 'DIRECT' })
    const [way] = await proxyFor('relay.example', 443)
    const authorization = typeof way === 'object' ? way.authorization ?? '' : ''
    expect(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()).toBe('ada:pässe:word')
  })

  it('is none that Natter would have to go around: a proxy of another kind is said, not passed by', async () => {
    const ask = async (answer: string): Promise<unknown> => createProxyFor({ settings: stored({ kind: 'system' }), sealer, resolveProxy: async () => answer })('relay.example', 443)
    await expect(ask('SOCKS5 127.0.0.1:9050')).rejects.toMatchObject({ code: 'ERR_PROXY', message: expect.stringContaining('no HTTP proxy') as string })
    await expect(ask('what?')).rejects.toMatchObject({ code: 'ERR_PROXY', message: expect.stringContaining('cannot be read') as string })
  })

  it('makes looking a name up the proxy’s business', async () => {
    const resolve = resolveBehindProxy(async (host) => host === 'outside.example' ? [{ host: 'p', port: 1, secure: false }, 'direct'] : ['direct'], async () => [])
    expect(await resolve('outside.example', 'any')).toEqual(['outside.example'])
    expect(await resolve('outside.example', 'addr')).toEqual([])
    expect(await resolve('inside.example', 'any')).toEqual([])
  })
})

describe('what Chromium is told for updates and lists', () => {
  const sealer = { open: async (secret: Uint8Array) => ({ secret, isStale: false }) }
  const proxy = { kind: 'this', host: 'Proxy.example', port: 3128, secure: true, user: 'ada', hasPassword: true } as const
  const settings = { stored: (): StoredSettings => ({ ...DEFAULT_SETTINGS, proxy, proxyPassword: Buffer.from('secret').toString('base64') }) }

  it('is the way that the person chose', () => {
    expect(chromiumWay({ kind: 'system' })).toEqual({ mode: 'system' })
    expect(chromiumWay({ kind: 'none' })).toEqual({ mode: 'direct' })
    expect(chromiumWay(proxy)).toMatchObject({ mode: 'fixed_servers', proxyRules: 'https://Proxy.example:3128', proxyBypassRules: expect.stringContaining('192.168.0.0/16') as string })
    expect(chromiumWay({ ...proxy, host: '2001:db8::1', secure: false })).toMatchObject({ proxyRules: 'http://[2001:db8::1]:3128' })
  })

  /** A session whose network process says these in turn, and goes on with the last. */
  const slow = (...answers: string[]): Led & { asked: number } => ({
    asked: 0,
    setProxy: async () => {},
    async resolveProxy () { return answers[Math.min(this.asked++, answers.length - 1)] ?? '' }
  })

  it('is waited for, so that no request goes the way that was before', async () => {
    const session = slow('DIRECT', 'DIRECT', 'HTTPS proxy.example:3128')
    await lead(session, proxy)
    expect(session.asked).toBe(3)
    await lead(slow('PROXY [2001:db8::1]:80'), { ...proxy, host: '2001:db8::1', port: 80, secure: false })
    await lead(slow('PROXY xn--bcher-kva.example:81'), { ...proxy, host: 'Bücher.example', port: 81, secure: false })
    await lead(slow('PROXY old.example:1', 'DIRECT'), { kind: 'none' })
  })

  it('is not known of a system, and nothing is requested where another is kept to', async () => {
    const session = slow('PROXY chosen.example:1')
    await lead(session, { kind: 'system' })
    expect(session.asked).toBe(0)
    await expect(lead(slow('DIRECT'), proxy, 50)).rejects.toMatchObject({ code: 'ERR_PROXY' })
  })

  it('is user and password where that proxy asks, and not again where they were wrong', async () => {
    const ask = async (login: ReturnType<typeof createLogin>, asker: Partial<Asker> = {}): Promise<readonly unknown[]> =>
      new Promise((resolve) => { login({ isProxy: true, host: 'proxy.example', port: 3128, ...asker }, (...told) => { resolve(told) }) })
    const login = createLogin({ settings, sealer, times: 1 })
    for (const other of [{ isProxy: false }, { host: 'other.example' }, { port: 80 }]) expect(await ask(login, other)).toEqual([])
    expect(await ask(login)).toEqual(['ada', 'secret'])
    expect(await ask(login)).toEqual([])
    const locked = createLogin({ settings, sealer: { open: async () => { throw new Error('no key store') } }, times: 1 })
    expect(await ask(locked)).toEqual([])
  })
})

describe('the proxy that a person names', () => {
  it('is kept and used at once, and its password is never told', async () => {
    const { call, session, settings, made } = await app()
    await session.start()
    const kept = await call('setProxy', { kind: 'this', address: 'http://proxy.example:3128/', user: 'ada', password: 'secret' })
    expect(kept.proxy).toEqual({ kind: 'this', host: 'proxy.example', port: 3128, secure: false, user: 'ada', hasPassword: true })
    expect(JSON.stringify(await call('getSnapshot', {}))).not.toContain(Buffer.from('secret').toString('base64'))
    await expect.poll(() => made.length).toBe(2)
    // Another user of it is another thing: the password was not theirs.
    await call('setProxy', { kind: 'this', address: 'proxy.example:3128', user: 'ada', password: null })
    expect(settings.stored().proxyPassword).not.toBe('')
    await call('setProxy', { kind: 'this', address: 'proxy.example:3129', user: 'ada', password: null })
    expect(settings.stored()).toMatchObject({ proxyPassword: '', proxy: { hasPassword: false } })
    expect((await call('setProxy', { kind: 'system' })).proxy).toEqual({ kind: 'system' })
  })

  it('has no password where there is no safe place for one', async () => {
    const { call, settings } = await app(false)
    await expect(call('setProxy', { kind: 'this', address: 'proxy.example:3128', user: 'ada', password: 'secret' })).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE', message: expect.stringContaining('no safe place') as string })
    expect(settings.stored().proxy).toEqual({ kind: 'system' })
  })

  it.each([
    ['proxy.example', /host and port/u],
    ['socks5://proxy.example:1080', /SOCKS/u],
    ['http://ada:secret@proxy.example:3128', /fields of their own/u],
    ['', /host and port/u],
    ['proxy.example:0', /host and port/u],
    ['proxy.example:3128/path', /host and port/u]
  ])('is refused as %s', async (address, words) => {
    const { call } = await app()
    await expect(call('setProxy', { kind: 'this', address, user: '', password: null })).rejects.toMatchObject({ code: 'ERR_BAD_SETTING', message: expect.stringMatching(words) as string })
  })
})
