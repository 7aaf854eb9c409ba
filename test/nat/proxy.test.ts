import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { TestAuthority } from '../support/certificates.ts'
import { ADDRESS } from './support/network.ts'
import { Scene } from './support/scene.ts'
import { keepPicture, meet, openWindow, reads, say, saysOfRelay } from './support/windows.ts'

// Firewalls that let out nothing at all; each network has an HTTP proxy, Debian's tinyproxy, that leads to port 443.

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

const NAME = 'relay.example.org'

/** Settings that name a proxy, as a run before would have left them; answers the data directory. */
async function withProxy (folder: string, address: string): Promise<string> {
  const [host = '', port] = address.split(':')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ version: 1, proxy: { kind: 'this', host, port: Number(port), secure: false, user: '', hasPassword: false } }))
  return folder
}

it.each([
  ['a relay on TCP', '/tcp/443', undefined],
  ['a relay on WebSocket with TLS', '/tcp/443/tls/ws', undefined],
  ['a relay that is known by its short name alone', '/tcp/443/tls/ws', NAME]
])('two windows chat through their networks’ proxies, one named by the environment, one in settings: %s', async (_what, listen, name) => {
  // The desktops cannot look the name up: the proxies do.
  scene = new Scene({ lets: 'nothing', dns: 'silent', names: { [NAME]: ADDRESS.relay }, namesOf: ['relay', 'relay2', 'natA', 'natB'] })
  const authority = new TestAuthority(join(scene.folder, 'authority'))
  const { cert, key } = authority.issue({ names: [`DNS:${NAME}`] })
  const relay = await scene.relay('relay', listen.endsWith('/tls/ws') ? ['--tls-cert', cert, '--tls-key', key] : [], listen)
  const [ofAda, ofBo] = await Promise.all([scene.proxy('natA'), scene.proxy('natB')])
  const trust = { NODE_EXTRA_CA_CERTS: authority.cert }
  const [ada, bo] = await Promise.all([
    openWindow(scene, 'a', { env: { ...trust, http_proxy: `http://${ofAda}`, https_proxy: `http://${ofAda}` } }),
    openWindow(scene, 'b', { env: trust, userDataDir: await withProxy(join(scene.folder, 'bo'), ofBo) })
  ])
  await meet(ada, bo, relay, name)
  await say(ada, 'Out through the proxy that this computer names.')
  await reads(bo, ['Out through the proxy that this computer names.'])
  await say(bo, 'And I through the one that I named.')
  await reads(ada, ['And I through the one that I named.'])
  await saysOfRelay(ada, relay.peerId, `It listens for us, through the proxy ${ofAda}.`)
  await saysOfRelay(bo, relay.peerId, `It listens for us, through the proxy ${ofBo}.`)
  await bo.call('showSettings', { section: 'Network' })
  await keepPicture(bo, `nat-proxy-${name !== undefined ? 'name' : listen.endsWith('ws') ? 'wss' : 'tcp'}`)
  await Promise.all([ada.call('close'), bo.call('close')])
})

it('a window says what keeps it from its relay, until somebody names the proxy', async () => {
  scene = new Scene({ lets: 'nothing' })
  const relay = await scene.relay('relay', [], '/tcp/443')
  const other = await scene.relay('relay2', [], '/tcp/4001')
  const proxy = await scene.proxy('natA')
  const ada = await openWindow(scene, 'a')
  await ada.call('introduce', { name: 'Ada' })
  await ada.call('start', { topic: 'music' })
  await ada.call('addRelay', { address: relay.address })
  await ada.call('addRelay', { address: other.address })
  await saysOfRelay(ada, relay.peerId, 'It does not answer.')
  expect(await ada.call('useProxy', { address: 'proxy' })).toMatch(/host and port/u)
  expect(await ada.call('useProxy', { address: proxy })).toBe('')
  await saysOfRelay(ada, relay.peerId, `It listens for us, through the proxy ${proxy}.`)
  await saysOfRelay(ada, other.peerId, `The proxy ${proxy} lets nobody through to port 4001 there; many let through to port 443 alone.`)
  // No key store in this session, so that a password would lie open.
  expect(await ada.call('useProxy', { address: proxy, user: 'ada', password: 'secret' })).toMatch(/no safe place for a password/u)
  await ada.call('close')
})

it('a proxy that asks for a password is said to, and not passed by', async () => {
  scene = new Scene({ lets: 'nothing' })
  const relay = await scene.relay('relay', [], '/tcp/443')
  const proxy = await scene.proxy('natA', ['ada', 'secret'])
  const ada = await openWindow(scene, 'a', { env: { http_proxy: `http://${proxy}`, https_proxy: `http://${proxy}` } })
  await ada.call('introduce', { name: 'Ada' })
  await ada.call('start', { topic: 'music' })
  await ada.call('addRelay', { address: relay.address })
  await saysOfRelay(ada, relay.peerId, `The proxy ${proxy} asks for a user and a password`)
  await ada.call('close')
})
