import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { afterEach, expect, it, vi } from 'vitest'
import { generateIdentity } from '../../main/node/identity.ts'
import { ADDRESS6 } from './support/network.ts'
import { Scene } from './support/scene.ts'
import { keepPicture, meet, openWindow, reads, say, saysOfRelay } from './support/windows.ts'

// Networks in which something that others take for granted is missing.

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

it('two windows chat where there is IPv6 alone, each behind a firewall that lets nothing in', async () => {
  scene = new Scene({ ip: 6 })
  const relay = await scene.relay('relay', ['--no-hub'])
  expect(relay.address).toContain(`/ip6/${ADDRESS6.relay}/`)
  const [ada, bo] = await Promise.all([openWindow(scene, 'a'), openWindow(scene, 'b')])
  await meet(ada, bo, relay)
  await say(ada, 'Not one IPv4 address here.')
  await reads(bo, ['Not one IPv4 address here.'])
  await say(bo, 'Nor here.')
  await reads(ada, ['Nor here.'])
  // Firewalls that translate nothing are passed when both call each other at once.
  await vi.waitFor(async () => { expect((await ada.call<string[]>('people')).join()).toMatch(/Bo\ndirect, \d+ ms/u) }, SHOWN)
  await Promise.all([ada.call('close'), bo.call('close')])
})

/** Milliseconds for what takes a try for a direct connection. */
const SHOWN = { timeout: 25_000, interval: 200 }
/** More names than are looked up at a time. */
const NAMES = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `${name}.relays.example`)
/** Milliseconds for what a person does in settings, which writes a file. A lookup without an answer takes 10 s and more. */
const AT_ONCE = 5_000

it('where the DNS server answers nobody, a relay by its IP address works at once, and those by name say what is wrong', async () => {
  scene = new Scene({ dns: 'silent' })
  const relay = await scene.relay('relay')
  const named = await Promise.all(NAMES.map(async (name) => ({ address: `/dns4/${name}/tcp/4001/p2p/${peerIdFromPrivateKey(await generateIdentity()).toString()}`, source: { kind: 'settings' }, approved: true })))
  const userDataDir = join(scene.folder, 'ada')
  await mkdir(userDataDir, { recursive: true })
  await writeFile(join(userDataDir, 'settings.json'), JSON.stringify({ version: 1, relays: named }))
  const [ada, bo] = await Promise.all([openWindow(scene, 'a', { userDataDir }), openWindow(scene, 'b')])
  await meet(ada, bo, relay)
  await say(ada, 'Who needs names?')
  await reads(bo, ['Who needs names?'])
  for (const { address } of named) {
    await saysOfRelay(ada, address.split('/').at(-1) ?? '', 'Its name does not resolve.')
  }
  // Not the relays are at fault, and at no time are they said to be.
  for (let look = 0; look < 5; look++) {
    expect((await ada.call<string[]>('relays')).join()).not.toContain('It does not answer.')
  }
  for (const theme of ['Dark', 'Light', 'Dark', 'Light']) {
    const start = performance.now()
    await ada.call('setTheme', { theme })
    expect(performance.now() - start).toBeLessThan(AT_ONCE)
  }
  await ada.call('showSettings', { section: 'Network' })
  await keepPicture(ada, 'nat-no-dns')
  await Promise.all([ada.call('close'), bo.call('close')])
})

it('where the DNS server answers nobody, a relay’s name that is typed is said not to be there', async () => {
  scene = new Scene({ dns: 'silent' })
  const ada = await openWindow(scene, 'a')
  await ada.call('introduce', { name: 'Ada' })
  await ada.call('start', { topic: 'music' })
  const peerId = peerIdFromPrivateKey(await generateIdentity()).toString()
  expect(await ada.call('addRelay', { address: `/dns4/relay.example.org/tcp/4001/p2p/${peerId}` })).toMatch(/does not resolve/u)
  await ada.call('close')
})
