import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lastNode, makeApp, type TestApp, type TestAppOptions } from '../support/app.ts'
import { makePeer, makeRecord, makeRelayAddress } from '../support/peers.ts'

const apps: TestApp[] = []
async function open (options?: TestAppOptions): Promise<TestApp> {
  const app = await makeApp(options)
  apps.push(app)
  return app
}
async function started (options?: TestAppOptions): Promise<TestApp> {
  const app = await open(options)
  await app.session.start()
  return app
}
afterEach(async () => {
  const ended = apps.splice(0)
  for (const app of ended) await app.session.stop()
  for (const { folder } of ended) await rm(folder, { recursive: true, force: true })
})

describe('the first start', () => {
  it('runs by itself where a key store keeps the key', async () => {
    const app = await started()
    expect(app.session.phase()).toEqual({ kind: 'running' })
    expect(await app.call('getSnapshot', {})).toMatchObject({ phase: { kind: 'running' }, self: { protection: 'keystore', port: 4321 }, topics: [], notices: [] })
    expect(app.heard('phase:change').at(-1)).toEqual({ kind: 'running' })
  })

  it('asks where there is none, and runs once the person chose', async () => {
    const app = await started({ keyStore: false })
    expect(await app.call('getSnapshot', {})).toMatchObject({ phase: { kind: 'protect' } })
    await expect(app.call('subscribeTopic', { name: 'garden', plain: false })).rejects.toMatchObject({ code: 'ERR_NOT_RUNNING', message: expect.stringMatching(/identity key/u) as string })
    await app.call('chooseProtection', { kind: 'none' })
    await app.session.whenRunning()
    expect((await app.call('getSnapshot', {})).self).toMatchObject({ protection: 'none' })
  })
})

describe('a later start', () => {
  it('has the same peer, settings, topics, relays and people', async () => {
    const app = await started()
    const relay = await makeRelayAddress()
    const ada = await makePeer()
    const record = await makeRecord(ada)
    await app.call('subscribeTopic', { name: 'garden', plain: false })
    await app.call('addRelay', { address: relay.address })
    await app.call('changeSettings', { displayName: 'Me', protocol: 'floodsub' })
    lastNode(app).people.emit('record:learned', { peerId: ada.peerId, record, topics: ['/natter/1/garden'] })
    await app.session.stop()

    const again = await started({ folder: app.folder })
    expect(again.made[0]).toMatchObject({
      protocol: 'floodsub', topics: ['/natter/1/garden'], known: [{ peerId: ada.peerId, record, topics: ['/natter/1/garden'] }], relays: [{ address: relay.address, source: { kind: 'settings' }, approved: true }]
    })
    expect((await again.call('getSnapshot', {})).topics).toMatchObject([{ id: '/natter/1/garden', subscribed: true }])
    expect(lastNode(again).peerId).toBe(lastNode(app).peerId)
  })

  it('waits for a passphrase, and takes no other', async () => {
    const app = await started({ keyStore: false })
    await app.call('chooseProtection', { kind: 'passphrase', passphrase: 'correct horse' })
    await app.session.whenRunning()
    await app.session.stop()
    const again = await started({ folder: app.folder, keyStore: false })
    expect(again.session.phase()).toEqual({ kind: 'locked' })
    await expect(again.call('unlock', { passphrase: 'wrong horse' })).rejects.toMatchObject({ code: 'ERR_WRONG_PASSPHRASE' })
    expect(again.session.phase()).toEqual({ kind: 'locked' })
    await again.call('unlock', { passphrase: 'correct horse' })
    await again.session.whenRunning()
    expect(lastNode(again).peerId).toBe(lastNode(app).peerId)
  })

  it('shows topics and relays while the node starts, and lets calls wait for it', async () => {
    const first = await started()
    const { address } = await makeRelayAddress()
    await first.call('subscribeTopic', { name: 'garden', plain: false })
    await first.call('addRelay', { address })
    await first.session.stop()
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const app = await open({ folder: first.folder, beforeNode: async () => { await promise } })
    const start = app.session.start()
    await expect.poll(() => app.session.self()).toBeDefined()
    expect(await app.call('getSnapshot', {})).toMatchObject({
      phase: { kind: 'starting' }, topics: [{ id: '/natter/1/garden', people: 0 }], relays: [{ address, state: 'connecting' }], reachability: { state: 'unknown' }
    })
    const posted = app.call('postMessage', { topic: '/natter/1/garden', text: 'early', clientId: 'row' })
    resolve(undefined)
    await start
    expect(await posted).toMatchObject({ text: 'early', delivery: { kind: 'queued' } })
  })
})

describe('what goes wrong at start', () => {
  it('a port that is taken is told', async () => {
    const app = await started({ port: () => 5555 })
    await app.call('changeSettings', { listenPort: 4001 })
    await expect.poll(() => app.notices.all()).toEqual([{ id: 'port', level: 'warning', text: 'Port 4001 is taken by another program; Natter listens on 5555.' }])
  })

  it('where Natter listens is one notice, and it is true after each change', async () => {
    const taken = new Set([4001])
    const app = await started({ port: (wanted) => wanted === 0 ? 4321 : taken.has(wanted) ? 5555 : wanted })
    const told = (): string[] => app.notices.all().map(({ level, text }) => `${level}: ${text.split('. ')[0] ?? ''}`)
    const change = async (listenPort: number): Promise<void> => {
      const nodes = app.nodes.length
      await app.call('changeSettings', { listenPort })
      await expect.poll(() => app.nodes.length).toBe(nodes + 1)
      await app.session.whenRunning()
    }
    expect(told()).toEqual([])
    await change(4002)
    await expect.poll(told).toEqual(['info: Natter listens on port 4002 now'])
    await change(4001)
    await expect.poll(told).toEqual(['warning: Port 4001 is taken by another program; Natter listens on 5555.'])
    taken.clear()
    // Another proxy, and the program that had the port is gone.
    await app.session.restart()
    await expect.poll(told).toEqual([])
    await change(0)
    await expect.poll(told).toEqual(['info: Natter listens on port 4321 now'])
  })

  it('settings that were set aside are told', async () => {
    const app = await open()
    await writeFile(join(app.folder, 'settings.json'), '{"version":1,"disp')
    const again = await started({ folder: app.folder })
    expect(again.notices.all()).toMatchObject([{ id: 'settings', level: 'warning', text: expect.stringMatching(/damaged.*kept as/u) as string }])
    expect(again.session.phase()).toEqual({ kind: 'running' })
  })

  it('a data directory that cannot be written leaves a window that says so', async () => {
    const app = await open()
    await writeFile(join(app.folder, 'file'), '')
    const broken = await makeApp({ folder: join(app.folder, 'file') })
    await broken.session.start()
    const { phase, settings } = await broken.call('getSnapshot', {})
    expect(phase).toMatchObject({ kind: 'failed', message: expect.stringMatching(/cannot write to .*file/u) as string })
    expect(settings.protocol).toBe('gossipsub')
    expect(broken.nodes).toEqual([])
    await expect(broken.call('subscribeTopic', { name: 'x', plain: false })).rejects.toMatchObject({ code: 'ERR_NOT_RUNNING', message: expect.stringMatching(/cannot write/u) as string })
  })

  it('a node that does not start is a phase, not a crash', async () => {
    const spy = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const app = await started({ beforeNode: async () => { throw new Error('boom') } })
    spy.mockRestore()
    expect(app.session.phase()).toMatchObject({ kind: 'failed', message: expect.not.stringContaining('boom') as string })
  })
})

describe('while it runs', () => {
  it('what node and chat announce reaches the window, and the snapshot agrees', async () => {
    const app = await started()
    const node = lastNode(app)
    await app.call('subscribeTopic', { name: 'garden', plain: false })
    node.people.arrive('/natter/1/garden', 'p')
    node.reachability.state = { state: 'offline', through: [], evidence: [] }
    node.reachability.emit('reachability:change', node.reachability.state)
    node.addresses = ['/ip4/203.0.113.5/tcp/1']
    node.emit('self:change')
    expect(app.heard('reachability:change').at(-1)).toMatchObject({ state: 'offline' })
    expect(app.heard('self:change').at(-1)).toMatchObject({ addresses: ['/ip4/203.0.113.5/tcp/1'] })
    expect(app.heard('people:change').at(-1)).toMatchObject({ topic: '/natter/1/garden', people: [{ path: { kind: 'self' } }, { peerId: 'p' }] })
    const snapshot = await app.call('getSnapshot', {})
    expect(snapshot.sequence).toBe(app.batches.at(-1)?.sequence)
    expect(snapshot.people).toMatchObject([{ topic: '/natter/1/garden', people: [{}, { peerId: 'p' }] }])
    expect(snapshot.topics).toEqual([app.heard('topic:change').at(-1)])
  })

  it('a relay that a peer told of waits for the person, once, and is no flood', async () => {
    const app = await started()
    const { people, reachability } = lastNode(app)
    const { address, peerId } = await makeRelayAddress()
    people.emit('relay:learned', { address, from: 'somebody' })
    people.emit('relay:learned', { address, from: 'somebody else' })
    people.emit('relay:learned', { address: 'nonsense', from: 'somebody' })
    expect(reachability.candidates).toEqual([{ address, source: { kind: 'peer', peerId: 'somebody' }, approved: false }])
    await app.call('approveRelay', { peerId })
    expect(reachability.candidates).toMatchObject([{ address, source: { kind: 'peer' }, approved: true }])
    for (let index = 0; index < 40; index++) people.emit('relay:learned', { address: (await makeRelayAddress()).address, from: 'flood' })
    expect(reachability.candidates).toHaveLength(17)
  })

  it('another port means another node, with everything as it was', async () => {
    const app = await started()
    const first = lastNode(app)
    await app.call('subscribeTopic', { name: 'garden', plain: false })
    first.people.arrive('/natter/1/elsewhere', 'p')
    const post = await app.call('postMessage', { topic: '/natter/1/garden', text: 'kept', clientId: 'row' })
    expect(await app.call('changeSettings', { listenPort: 4001 })).toMatchObject({ listenPort: 4001 })
    await expect.poll(() => app.nodes.length).toBe(2)
    await app.session.whenRunning()
    expect([first.stopped, lastNode(app).peerId === first.peerId, app.made[1]?.listenPort]).toEqual([true, true, 4001])
    expect((await app.call('listPosts', { topic: '/natter/1/garden', page: { kind: 'newest' }, limit: 10 })).posts).toMatchObject([{ id: post.id, text: 'kept', order: post.order, delivery: { kind: 'queued' } }])
    expect(app.session.phase()).toEqual({ kind: 'running' })
    expect(app.heard('topic:remove')).toEqual([{ id: '/natter/1/elsewhere' }])
    await expect.poll(() => app.notices.all()).toMatchObject([{ id: 'port', level: 'info' }])
    // The old node is heard no more.
    const before = app.batches.length
    first.reachability.emit('reachability:change', first.reachability.state)
    app.heard('reachability:change')
    expect(app.batches.length).toBe(before)
  })

  it('ends within its limit although the node hangs, and keeps settings', async () => {
    const app = await started()
    lastNode(app).stop = async () => new Promise<never>(() => {})
    app.settings.update({ displayName: 'last words' })
    const begun = performance.now()
    await app.session.stop()
    expect(performance.now() - begun).toBeLessThan(8_000)
    const again = await started({ folder: app.folder })
    expect(again.settings.visible().displayName).toBe('last words')
  })
})

describe('settings before the identity key is open', () => {
  it('change where they are in plain text, and else are refused in words', async () => {
    const app = await started({ keyStore: false })
    expect(await app.call('changeSettings', { theme: 'dark' })).toMatchObject({ theme: 'dark' })
    for (const change of [{ displayName: 'Ada' }, { theme: 'light', mdns: false }] as const) {
      await expect(app.call('changeSettings', change)).rejects.toMatchObject({ code: 'ERR_NOT_RUNNING', message: 'Natter cannot do this before your identity key is open.' })
    }
    await expect(app.call('setProxy', { kind: 'none' })).rejects.toMatchObject({ code: 'ERR_NOT_RUNNING' })
    await expect(app.call('removeRelay', { peerId: '12D3KooWGjMCx4fXFzL3zJMGvRwRjYwQjZVTnXgKhiU9Qnmjxtzd' })).rejects.toMatchObject({ code: 'ERR_NOT_RUNNING' })
    expect(app.settings.visible()).toMatchObject({ theme: 'dark', displayName: '', mdns: true })

    // Nobody waits for the disk between choosing a protection and saying a name.
    await app.call('chooseProtection', { kind: 'none' })
    expect(await app.call('changeSettings', { displayName: 'Ada' })).toMatchObject({ displayName: 'Ada' })
    await app.session.whenRunning()
    await app.session.stop()
    expect((await started({ folder: app.folder, keyStore: false })).settings.visible()).toMatchObject({ theme: 'dark', displayName: 'Ada' })
  })
})
