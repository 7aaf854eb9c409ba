import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import type { AgentProcess } from './support/agent-process.ts'
import { ADDRESS } from './support/network.ts'
import { Scene } from './support/scene.ts'
import { keepPicture, openWindow, reachableThrough, reads, say, saysOfRelay } from './support/windows.ts'

// Real windows behind two NATs, whose people paste no relay's address.

const NAME_SERVER = fileURLToPath(new URL('support/name-server.ts', import.meta.url))
const NAME = 'relay.example.org'

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

async function nameServer (at: Scene): Promise<AgentProcess> {
  const server = at.start('relay2', [process.execPath, NAME_SERVER])
  await server.call('listen', { address: ADDRESS.relay2 })
  return server
}

/** Both write the relay's name; one invites, the other joins. */
async function meetByName (ada: AgentProcess, bo: AgentProcess): Promise<void> {
  await Promise.all([ada.call('introduce', { name: 'Ada' }), bo.call('introduce', { name: 'Bo' })])
  await ada.call('start', { topic: 'music' })
  await bo.call('start', { topic: 'music' })
  expect(await ada.call('addRelayName', { name: NAME })).toBe('')
  expect(await bo.call('addRelayName', { name: NAME })).toBe('')
}

it('two windows chat through a relay that they know by its short name, and follow it to another port', async () => {
  scene = new Scene({ dns: 'relay2' })
  const dns = await nameServer(scene)
  const relay = await scene.relay('relay')
  await dns.call('set', { [`_dnsaddr.${NAME}`]: [`dnsaddr=${relay.address}`] })
  const [ada, bo] = await Promise.all([openWindow(scene, 'a'), openWindow(scene, 'b')])
  await meetByName(ada, bo)
  await Promise.all([reachableThrough(ada, relay.peerId), reachableThrough(bo, relay.peerId)])
  expect(await ada.call('addRelayName', { name: 'no-relay.example.org' })).toMatch(/no-relay\.example\.org does not exist/)
  await say(ada, 'Nobody pasted anything.')
  await reads(bo, ['Nobody pasted anything.'])
  await keepPicture(ada, 'nat-relay-by-name')

  await relay.agent.end('SIGKILL')
  const moved = await scene.relay('relay', [], '/tcp/4002')
  expect(moved.peerId).toBe(relay.peerId)
  await dns.call('set', { [`_dnsaddr.${NAME}`]: [`dnsaddr=${moved.address}`] })
  await Promise.all([ada, bo].map(async (window) => saysOfRelay(window, `${ADDRESS.relay}/tcp/4002/p2p/${moved.peerId}`, 'It listens for us.')))
  await say(bo, 'It moved, and so did we.')
  await reads(ada, ['It moved, and so did we.'])
  await Promise.all([ada.call('close'), bo.call('close')])
})

it('a window moves to the relay of another community, which its own relay told it of and it agreed to', async () => {
  scene = new Scene()
  const first = await scene.relay('relay', ['--community', `/ip4/${ADDRESS.relay2}/tcp/4001/p2p/12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhx7Qk`])
  const second = await scene.relay('relay2', ['--community', first.address])
  const ada = await openWindow(scene, 'a')
  await ada.call('introduce', { name: 'Ada' })
  await ada.call('start', { topic: 'music' })
  expect(await ada.call('addRelay', { address: first.address })).toBe('')
  await reachableThrough(ada, first.peerId)

  await saysOfRelay(ada, second.peerId, 'Found through your relay')
  await saysOfRelay(ada, second.peerId, 'Not used before you agree.')
  await ada.call('showSettings', { section: 'Network' })
  await keepPicture(ada, 'nat-relay-found')
  await ada.call('hideSettings')
  await ada.call('agreeToRelay', { peerId: second.peerId })
  await saysOfRelay(ada, second.peerId, 'It listens for us.')
  await first.agent.end('SIGKILL')
  await reachableThrough(ada, second.peerId)
  await ada.call('close')
})
