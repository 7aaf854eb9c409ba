import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { AgentProcess } from './support/agent-process.ts'
import { TestAuthority } from '../support/certificates.ts'
import { ADDRESS } from './support/network.ts'
import { Scene } from './support/scene.ts'
import { keepPicture, meet, openWindow, reads, say, saysOfRelay } from './support/windows.ts'

// Real windows behind firewalls that let out nothing but HTTPS.

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

const NAME = 'relay.example.org'

async function chat (ada: AgentProcess, bo: AgentProcess): Promise<void> {
  await say(ada, 'Port 443 and nothing else.')
  await reads(bo, ['Port 443 and nothing else.'])
  await say(bo, 'It is enough.')
  await reads(ada, ['It is enough.'])
}

it('two windows chat where firewalls let out TCP port 443 alone, through a relay on that port', async () => {
  scene = new Scene({ lets: 'https' })
  const relay = await scene.relay('relay', [], '/tcp/443')
  const [ada, bo] = await Promise.all([openWindow(scene, 'a'), openWindow(scene, 'b')])
  await meet(ada, bo, relay)
  await chat(ada, bo)
  // The firewall does what it says: a relay on another port is out of reach.
  const other = await scene.relay('relay2', [], '/tcp/4001')
  await ada.call('addRelay', { address: other.address })
  await saysOfRelay(ada, other.peerId, 'It does not answer.')
  await Promise.all([ada.call('close'), bo.call('close')])
})

it('two windows chat where firewalls let out TCP port 443 alone, through a relay on WebSocket with TLS', async () => {
  scene = new Scene({ lets: 'https', names: { [NAME]: ADDRESS.relay } })
  const authority = new TestAuthority(join(scene.folder, 'authority'))
  const { cert, key } = authority.issue({ names: [`DNS:${NAME}`] })
  const relay = await scene.relay('relay', ['--tls-cert', cert, '--tls-key', key], '/tcp/443/tls/ws')
  expect(relay.address).toBe(`/dns4/${NAME}/tcp/443/tls/ws/p2p/${relay.peerId}`)
  const env = { NODE_EXTRA_CA_CERTS: authority.cert }
  const [ada, bo] = await Promise.all([openWindow(scene, 'a', { env }), openWindow(scene, 'b', { env })])
  await meet(ada, bo, relay)
  await chat(ada, bo)
  await ada.call('showSettings', { section: 'Network' })
  await keepPicture(ada, 'nat-443-settings')
  await Promise.all([ada.call('close'), bo.call('close')])
})

it('a window does not believe a relay whose certificate nobody it trusts signed', async () => {
  scene = new Scene({ lets: 'https', names: { [NAME]: ADDRESS.relay } })
  const { cert, key } = new TestAuthority(join(scene.folder, 'authority')).issue({ names: [`DNS:${NAME}`] })
  const relay = await scene.relay('relay', ['--tls-cert', cert, '--tls-key', key], '/tcp/443/tls/ws')
  const ada = await openWindow(scene, 'a')
  await ada.call('introduce', { name: 'Ada' })
  await ada.call('start', { topic: 'music' })
  await ada.call('addRelay', { address: relay.address })
  await saysOfRelay(ada, relay.peerId, 'Nobody whom this computer trusts signed its certificate.')
  await ada.call('close')
})
