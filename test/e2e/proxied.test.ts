import { createServer, type Server } from 'node:http'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Api, Argument, CallName, Result } from '../../preload/contract/index.ts'
import { findElectron } from '../../resources/tools/electron.mjs'
import { root } from '../../resources/tools/paths.mjs'
import { signRelayList } from '../../resources/tools/sign-relays.mjs'
import { startProxy, type TestProxy, type TestProxyOptions } from '../support/connect-proxy.ts'
import { hashOf, KNOWN, signed } from '../unit/desktop/updates/feed.ts'
import { launchApp, type LaunchedApp, type LaunchOptions } from './support/app.ts'
import { openHttpsSite, type HttpsSite } from './support/https-site.ts'
import { startKeyStore } from './support/key-store.ts'
import { makeProfile } from './support/profile.ts'
import { startRelay } from './support/relay.ts'

// What the real app gets from the web, in a network where names are found by the proxy alone.

const SOON = { timeout: 30_000, interval: 100 }
let folder: string
let site: HttpsSite
const ends: (() => Promise<void>)[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'natter-proxied-'))
  site = await openHttpsSite(join(folder, 'site'))
  ends.push(site.close)
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  rmSync(folder, { recursive: true, force: true })
})

/** A proxy that leads to the site, whatever the name. */
async function openProxy (options: TestProxyOptions = {}): Promise<TestProxy> {
  const proxy = await startProxy({ ports: { 443: site.port }, ...options })
  ends.push(proxy.close)
  return proxy
}

async function launch (options: LaunchOptions = {}, settings: object = {}): Promise<LaunchedApp> {
  const userDataDir = join(folder, 'data')
  await makeProfile(userDataDir, { name: 'Ada', topics: ['music'] })
  const file = join(userDataDir, 'settings.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')) as object, ...settings }))
  const launched = await launchApp({ userDataDir, ...options, args: [site.trust, ...options.args ?? []], env: { NATTER_ALLOW_PRIVATE: '1', ...options.env } })
  ends.push(launched.close)
  await expect.poll(async () => (await snapshot(launched)).phase.kind, SOON).toBe('running')
  return launched
}

async function call<K extends CallName> ({ page }: LaunchedApp, name: K, argument: Argument<K>): Promise<Result<Answer<K>>> {
  return page.evaluate(async ([key, value]) => (globalThis as unknown as { readonly api: Api }).api[key](value), [name, argument] as [K, never]) as Promise<Result<Answer<K>>>
}

async function snapshot (launched: LaunchedApp): Promise<Answer<'getSnapshot'>> {
  const result = await call(launched, 'getSnapshot', {})
  if (!result.ok) throw new Error(result.message)
  return result.value
}

const asThis = (proxy: TestProxy): object => ({ kind: 'this', host: '127.0.0.1', port: proxy.port, secure: false, user: '', hasPassword: false })
const named = (proxy: TestProxy, more: { readonly user: string, readonly password: string } = { user: '', password: '' }): Argument<'setProxy'> => ({ kind: 'this', address: `127.0.0.1:${String(proxy.port)}`, ...more })

/** Puts a signed list of one relay onto the site; answers how people name it. */
function publishList (address: string): string {
  const { bytes, key } = signRelayList(Buffer.from(JSON.stringify({ title: 'Ours', sequence: 1, expires: '2999-01-01T00:00:00Z', relays: [address] })), KNOWN.signing)
  site.files.set('relays.json', bytes)
  return `natter-relays:${key}@https://lists.test.example/relays.json`
}

describe('a signed list of relays', () => {
  it('is read over https through the proxy that is set, and its relay used', async () => {
    const [relay, proxy] = await Promise.all([startRelay(), openProxy()])
    ends.push(relay.close)
    const reference = publishList(relay.address)
    const app = await launch()
    // Nobody here knows the name.
    expect(await call(app, 'addRelay', { address: reference })).toMatchObject({ ok: false, message: 'The list at lists.test.example cannot be read now.' })
    expect(await call(app, 'setProxy', named(proxy))).toMatchObject({ ok: true })
    expect(await call(app, 'addRelay', { address: reference })).toEqual({ ok: true, value: null })
    expect(proxy.asked).toContain('lists.test.example:443')
    expect((await snapshot(app)).relaySources.lists).toMatchObject([{ title: 'Ours', relays: 1, trouble: '' }])
    await expect.poll(async () => (await snapshot(app)).relays, SOON).toMatchObject([{ address: relay.address, state: 'reserved', source: { kind: 'list', title: 'Ours' } }])

    // Another site behind the name, which nobody signed for.
    const other = await openHttpsSite(join(folder, 'other'))
    ends.push(other.close)
    other.files.set('relays.json', site.files.get('relays.json') ?? new Uint8Array())
    const wrong = await openProxy({ ports: { 443: other.port } })
    await call(app, 'setProxy', named(wrong))
    expect(await call(app, 'addRelay', { address: reference.replace('lists.', 'more.') })).toMatchObject({ ok: false })
    expect([wrong.asked.includes('more.test.example:443'), other.asked]).toEqual([true, []])
  })

  it.runIf(process.platform === 'linux')('is read through a proxy that asks for a password, which is told it once, and nobody else', async () => {
    const home = join(folder, 'home')
    mkdirSync(join(home, 'keyrings'), { recursive: true, mode: 0o700 })
    const keys = await startKeyStore(home)
    ends.push(keys.close)
    const authorization = `Basic ${Buffer.from('ada:pässword').toString('base64')}`
    const [asking, other] = await Promise.all([openProxy({ authorization }), openProxy({ authorization: 'Basic eDp5' })])
    const reference = publishList('/ip4/203.0.113.7/tcp/4001/p2p/12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhx7Qk')
    const app = await launch({ env: { ...keys.env, XDG_CURRENT_DESKTOP: 'GNOME' }, args: keys.args })
    expect(await call(app, 'setProxy', named(asking, { user: 'ada', password: 'pässword' }))).toMatchObject({ ok: true })
    expect(await call(app, 'addRelay', { address: reference })).toEqual({ ok: true, value: null })
    expect(asking.authorizations).toContain(authorization)

    expect(await call(app, 'setProxy', named(other, { user: 'ada', password: 'wrong' }))).toMatchObject({ ok: true })
    const start = performance.now()
    expect(await call(app, 'addRelay', { address: reference.replace('lists.', 'more.') })).toMatchObject({ ok: false })
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(other.authorizations).not.toContain(authorization)
  })
})

describe('an update', () => {
  const NAME = 'Natter-99.0.0-x86_64.AppImage'
  const content = Buffer.from('a newer Natter')

  /** The app as an AppImage has it, with a feed and the key that signs it. */
  async function launchPacked (proxy: TestProxy): Promise<{ readonly app: LaunchedApp, readonly file: string }> {
    const appDir = join(folder, 'app')
    mkdirSync(appDir)
    for (const part of ['dist', 'node_modules', 'resources']) symlinkSync(join(root, part), join(appDir, part))
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object
    writeFileSync(join(appDir, 'package.json'), JSON.stringify({ ...manifest, natter: { updateFeed: 'https://feed.test.example/', updateKeys: [KNOWN.public] } }))
    const file = join(folder, 'Natter.AppImage')
    writeFileSync(file, 'the Natter that runs')
    const env = { ELECTRON_FORCE_IS_PACKAGED: 'true', APPIMAGE: file, APPDIR: dirname((await findElectron()).binary), XDG_CACHE_HOME: join(folder, 'cache') }
    return { app: await launch({ appDir, env }, { proxy: asThis(proxy) }), file }
  }

  it('is found, and fetched whole, through the proxy that is set', async () => {
    site.files.set('latest-linux.yml', signed(Buffer.from(`version: 99.0.0\nfiles:\n  - url: ${NAME}\n    sha512: ${hashOf(content)}\n    size: ${String(content.length)}\npath: ${NAME}\nsha512: ${hashOf(content)}\nreleaseDate: '2026-11-23T10:00:00.000Z'\n`)))
    site.files.set(NAME, content)
    const proxy = await openProxy()
    const { app, file } = await launchPacked(proxy)
    await call(app, 'checkForUpdates', {})
    await expect.poll(async () => (await snapshot(app)).update, SOON).toMatchObject({ kind: 'ready', version: '99.0.0' })
    expect([...new Set(proxy.asked)]).toEqual(['feed.test.example:443'])
    expect(site.asked).toEqual(expect.arrayContaining(['latest-linux.yml', NAME]))
    await ends.pop()?.()
    expect(readFileSync(file)).toEqual(content)
  })

  it('is not looked for around it, and what stands in the way is said', async () => {
    const proxy = await openProxy({ ports: { 443: 1 } })
    const { app } = await launchPacked(proxy)
    await call(app, 'checkForUpdates', {})
    await expect.poll(async () => (await snapshot(app)).update, SOON).toMatchObject({ kind: 'failed', message: 'The update feed at feed.test.example could not be reached: the proxy does not lead there. Natter asks again later.' })
    await call(app, 'setProxy', { kind: 'none' })
    const asked = proxy.asked.length
    await call(app, 'checkForUpdates', {})
    await expect.poll(async () => (await snapshot(app)).update, SOON).toMatchObject({ kind: 'failed', message: 'The update feed at feed.test.example could not be reached. Natter asks again later.' })
    expect(proxy.asked).toHaveLength(asked)
  })
})

describe('a script of the system that chooses the proxy', () => {
  let answer = ''
  async function withScript (app: LaunchedApp): Promise<void> {
    const server: Server = createServer((_request, response) => { response.writeHead(200, { 'content-type': 'application/x-ns-proxy-autoconfig' }).end(answer) })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    ends.push(async () => { await new Promise((resolve) => { server.closeAllConnections(); server.close(resolve) }) })
    const pacScript = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/proxy.pac`
    // The session that asks the system, as main/desktop/system.ts names it.
    await app.app.evaluate(async ({ session }, script) => { await session.fromPartition('natter-system-proxy').setProxy({ mode: 'pac_script', pacScript: script }) }, pacScript)
  }
  const relay = '/dns4/relay.test.example/tcp/443/p2p/12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhx7Qk'
  const candidate = { relays: [{ address: relay, source: { kind: 'settings' }, approved: true }] }
  const detail = async (app: LaunchedApp): Promise<string> => (await snapshot(app)).relays[0]?.detail ?? ''

  it('may name several, which are tried in their order', async () => {
    const proxy = await openProxy()
    answer = `function FindProxyForURL () { return 'PROXY 127.0.0.1:1; PROXY 127.0.0.1:${String(proxy.port)}; DIRECT' }`
    const app = await launch({}, candidate)
    await withScript(app)
    await expect.poll(() => proxy.asked, SOON).toContain('relay.test.example:443')
  })

  it.each([
    ['names SOCKS alone', 'function FindProxyForURL () { return "SOCKS5 127.0.0.1:1080" }', /no HTTP proxy, which Natter does not speak/u],
    ['is none', 'this is no script', /cannot be read/u]
  ])('is not gone around where it %s', async (_what, script, words) => {
    answer = script
    const app = await launch({}, candidate)
    await withScript(app)
    await expect.poll(async () => detail(app), SOON).toMatch(words)
  })
})
