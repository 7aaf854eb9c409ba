import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Relay } from '../../../preload/contract/index.ts'
import { encodeInvite } from '../../../main/node/discovery/invite.ts'
import { encodeIdentity } from '../../../main/node/identity.ts'
import { lastNode, makeApp, type TestApp } from '../support/app.ts'
import { makePeer, makeRecord, makeRelayAddress, type TestPeer } from '../support/peers.ts'

let app: TestApp
const garden = '/natter/1/garden'

beforeEach(async () => {
  app = await makeApp()
  await app.session.start()
})
afterEach(async () => {
  await app.session.stop()
  await rm(app.folder, { recursive: true, force: true })
})

describe('settings', () => {
  it('take effect at once, each where it belongs', async () => {
    const node = lastNode(app)
    const answer = await app.call('changeSettings', { displayName: '  Ada\u202E ', protocol: 'floodsub', mdns: false, theme: 'dark' })
    expect(answer).toMatchObject({ displayName: 'Ada', protocol: 'floodsub', mdns: false, theme: 'dark' })
    expect([node.pubsub.state.current, node.mdns, app.themes]).toEqual(['floodsub', false, ['dark']])
    expect(app.heard('settings:change').at(-1)).toEqual(answer)
    expect(app.heard('protocol:change').at(-1)).toEqual({ current: 'floodsub', waiting: 0 })
    await app.call('subscribeTopic', { name: 'garden', plain: false })
    expect(await app.call('postMessage', { topic: garden, text: 'x', clientId: '' })).toMatchObject({ authorName: 'Ada' })
  })

  it('answer at once while a switch of protocol goes on', async () => {
    lastNode(app).pubsub.switchTo = async () => new Promise<never>(() => {})
    expect(await app.call('changeSettings', { protocol: 'floodsub' })).toMatchObject({ protocol: 'floodsub' })
  })

  it('that cannot take effect are told', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined)
    lastNode(app).setMdns = async () => { throw new Error('no') }
    await app.call('changeSettings', { mdns: false })
    await expect.poll(() => app.notices.all()).toMatchObject([{ id: 'mdns', level: 'warning' }])
    vi.restoreAllMocks()
  })

  it('refuse a name that is too long, with both lengths', async () => {
    await expect(app.call('changeSettings', { displayName: 'x'.repeat(65), theme: 'dark' })).rejects.toThrow('This name is 65 characters long; a name may have 64.')
    expect(app.settings.visible()).toMatchObject({ displayName: '', theme: 'system' })
  })

  it('make a relay of a desktop only where a dial-back proved it reachable', async () => {
    await expect(app.call('changeSettings', { beRelay: true })).rejects.toMatchObject({ code: 'ERR_NOT_REACHABLE' })
    expect(app.settings.visible().beRelay).toBe(false)
    lastNode(app).reachability.state = { state: 'direct', through: [], evidence: [], address: '/ip4/203.0.113.5/tcp/1' }
    await app.call('changeSettings', { beRelay: true })
    expect(lastNode(app).beRelay).toBe(true)
    await app.call('changeSettings', { beRelay: false })
    expect(lastNode(app).beRelay).toBe(false)
  })

  it('ask the router for a port only when told to, and leave direct connections when told to', async () => {
    expect(app.settings.visible()).toMatchObject({ directConnections: true, routerPort: false })
    await app.call('changeSettings', { routerPort: true, directConnections: false })
    expect([lastNode(app).routerPort, lastNode(app).directConnections]).toEqual([true, false])
    await app.call('changeSettings', { routerPort: false, directConnections: true })
    expect([lastNode(app).routerPort, lastNode(app).directConnections]).toEqual([false, true])
  })

  it('show topics of people nearby, or not, from now on and at the next start', async () => {
    lastNode(app).people.arrive('/natter/1/other', 'p')
    expect((await app.call('getSnapshot', {})).topics).toMatchObject([{ id: '/natter/1/other', subscribed: false }])
    expect(await app.call('changeSettings', { seenNearby: false })).toMatchObject({ seenNearby: false })
    expect(app.heard('topic:remove')).toEqual([{ id: '/natter/1/other' }])
    await app.session.stop()
    const again = await makeApp({ folder: app.folder })
    await again.session.start()
    lastNode(again).people.arrive('/natter/1/other', 'p')
    expect((await again.call('getSnapshot', {})).topics).toEqual([])
    await again.session.stop()
  })

  it('keep the key under a passphrase from now on', async () => {
    await app.call('changePassphrase', { current: '', next: 'correct horse' })
    expect(app.heard('self:change').at(-1)).toMatchObject({ protection: 'passphrase' })
    expect(app.session.phase()).toEqual({ kind: 'running' })
    expect(app.nodes).toHaveLength(1)
  })
})

describe('topics', () => {
  it('are subscribed, listed, read and left', async () => {
    expect(await app.call('subscribeTopic', { name: ' garden ', plain: false })).toEqual({ topic: garden })
    expect(await app.call('subscribeTopic', { name: 'universal-connectivity', plain: true })).toEqual({ topic: 'universal-connectivity' })
    expect(app.settings.stored().subscriptions).toEqual([garden, 'universal-connectivity'])
    await app.call('markRead', { topic: garden })
    expect(await app.call('listPosts', { topic: garden, page: { kind: 'unread' }, limit: 5 })).toEqual({ posts: [], older: false, newer: false })
    await app.call('leaveTopic', { topic: garden, forget: true })
    expect(app.settings.stored().subscriptions).toEqual(['universal-connectivity'])
    await expect(app.call('postMessage', { topic: garden, text: 'x', clientId: '' })).rejects.toMatchObject({ code: 'ERR_NOT_SUBSCRIBED' })
    await expect(app.call('subscribeTopic', { name: '', plain: false })).rejects.toMatchObject({ code: 'ERR_BAD_TOPIC' })
    expect(await app.call('subscribeTopic', { name: '“#garden”\u200B', plain: false })).toEqual({ topic: garden })
  })

  it('that look like others are refused where somebody types them, and not where they are there', async () => {
    for (const plain of [false, true]) await expect(app.call('subscribeTopic', { name: 'gar\u200Bden', plain })).rejects.toMatchObject({ code: 'ERR_BAD_TOPIC', message: expect.stringMatching(/invisible/u) as string })
    const [odd, plain] = ['/natter/1/gar\u200Bden', 'gаrden']
    const { peerId } = await makePeer()
    lastNode(app).people.arrive(odd, peerId)
    lastNode(app).people.arrive(plain, peerId)
    expect(await app.call('subscribeTopic', { name: odd, plain: false })).toEqual({ topic: odd })
    expect(await app.call('subscribeTopic', { name: plain, plain: true })).toEqual({ topic: plain })
  })

  it('are not called like an invite, wrapped or cut as it may be', async () => {
    for (const name of ['natter://join#EiQIARIgAbc', '> natter://join#EiQIARIgAbc.', 'Come: <natter://join#EiQ>']) {
      for (const plain of [false, true]) await expect(app.call('subscribeTopic', { name, plain })).rejects.toThrow(/^This is an invite, not the name of a topic/u)
    }
    expect(app.settings.stored().subscriptions).toEqual([])
    expect(await app.call('subscribeTopic', { name: '#music', plain: false })).toEqual({ topic: '/natter/1/music' })
  })

  it('are not called by a private key that somebody pasted', async () => {
    const { key } = await makePeer()
    const secret = Buffer.from(encodeIdentity(key)).toString('base64')
    await expect(app.call('subscribeTopic', { name: secret, plain: false })).rejects.toThrow(/holds a private key/u)
    expect(app.settings.stored().subscriptions).toEqual([])
  })
})

describe('relays', () => {
  it('are added, replaced, and removed, by peer', async () => {
    const { address, peerId } = await makeRelayAddress()
    await app.call('addRelay', { address: `“${address}”, says Ada` })
    const moved = `/dns4/relay.example/tcp/443/wss/p2p/${peerId}`
    await app.call('addRelay', { address: moved })
    expect(lastNode(app).reachability.candidates).toEqual([{ address: moved, source: { kind: 'settings' }, approved: true }])
    await app.call('removeRelay', { peerId })
    expect([lastNode(app).reachability.candidates, app.settings.stored().relays]).toEqual([[], []])
    await expect(app.call('approveRelay', { peerId })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_RELAY' })
  })

  it('are found under a name, which is what is kept', async () => {
    const [one, two] = await Promise.all([makeRelayAddress(), makeRelayAddress('203.0.113.8')])
    app.names.set('relay.example.org', { kind: 'found', relays: [{ peerId: one.peerId, addresses: [one.address] }] })
    await app.call('addRelay', { address: 'Ours is <https://Relay.example.org>.\u200B' })
    expect(app.settings.stored()).toMatchObject({ relays: [], relayNames: [{ name: 'relay.example.org', agreed: [one.peerId] }] })
    expect(lastNode(app).reachability.candidates).toEqual([{ address: one.address, source: { kind: 'name', name: 'relay.example.org' }, approved: true }])
    expect(app.heard('relay-sources:change').at(-1)).toEqual({ names: [{ name: 'relay.example.org', relays: [one.peerId], looking: false, trouble: '' }], lists: [] })

    app.names.set('relay.example.org', { kind: 'found', relays: [{ peerId: two.peerId, addresses: [two.address] }] })
    await app.call('refreshRelaySources', {})
    await expect.poll(() => lastNode(app).reachability.candidates.map(({ address, approved }) => [address, approved])).toEqual([[one.address, true], [two.address, false]])
    expect((await app.call('getSnapshot', {})).notices).toMatchObject([{ id: 'relay-name', level: 'warning' }])
    await app.call('approveRelay', { peerId: two.peerId })
    expect(lastNode(app).reachability.candidates.map(({ approved }) => approved)).toEqual([true, true])
    expect((await app.call('getSnapshot', {})).notices).toEqual([])
    await app.call('removeRelay', { peerId: one.peerId })
    expect(lastNode(app).reachability.candidates.map(({ address }) => address)).toEqual([two.address])

    await app.call('changeSettings', { relaysByName: false })
    expect(lastNode(app).reachability.candidates).toEqual([])
    await app.call('changeSettings', { relaysByName: true })
    await app.call('removeRelayName', { name: 'relay.example.org' })
    expect([lastNode(app).reachability.candidates, (await app.call('getSnapshot', {})).relaySources.names]).toEqual([[], []])
  })

  it('of a name that stands for none are refused in words', async () => {
    await expect(app.call('addRelay', { address: 'nowhere.example' })).rejects.toMatchObject({ code: 'ERR_BAD_ADDRESS', message: 'The name nowhere.example does not exist.' })
  })

  it('that are wrong are refused, and nothing is saved', async () => {
    const { peerId } = await makeRelayAddress()
    for (const address of ['', 'x', `/ip4/203.0.113.7/tcp/1/p2p/${lastNode(app).peerId}`, `/dns4/nowhere.example/tcp/1/p2p/${peerId}`]) {
      await expect(app.call('addRelay', { address })).rejects.toMatchObject({ code: 'ERR_BAD_ADDRESS' })
    }
    expect(app.settings.stored().relays).toEqual([])
  })

  it('and addresses are explained, and copied', async () => {
    expect((await app.call('explainAddress', { address: '/ip4/127.0.0.1/tcp/2330' })).sentence).toBe('dial 127.0.0.1 by TCP port 2330')
    await app.call('copyText', { text: 'copied' })
    expect(app.clipboard).toEqual(['copied'])
  })
})

describe('invites', () => {
  let ada: TestPeer
  let relay: { readonly address: string, readonly peerId: string }
  let link: string
  let record: Uint8Array

  beforeEach(async () => {
    ada = await makePeer()
    relay = await makeRelayAddress()
    record = await makeRecord(ada)
    link = await encodeInvite({ topic: garden, name: 'Ada\u202E', relays: [relay.address, `/ip4/203.0.113.7/udp/1/quic-v1/p2p/${relay.peerId}`], record }, ada.key)
  })

  it('are read without doing anything', async () => {
    app.errands.open({ kind: 'invite', link })
    const errand = { id: 1, kind: 'invite', link }
    expect((await app.call('getSnapshot', {})).errand).toEqual(errand)
    expect(app.heard('errand:open')).toEqual([errand])
    expect(await app.call('readInvite', { link })).toEqual({
      topic: garden, title: 'garden', dialect: 'natter', from: { peerId: ada.peerId, name: 'Ada' }, relays: [{ ...relay, known: false }], subscribed: false
    })
    await app.call('errandDone', { id: 1 })
    expect(await app.call('getSnapshot', {})).not.toHaveProperty('errand')
    expect(app.settings.stored()).toMatchObject({ relays: [], subscriptions: [], known: [] })
  })

  it('are joined: relays agreed to, topic subscribed, their maker found', async () => {
    expect(await app.call('joinInvite', { link })).toEqual({ topic: garden })
    const node = lastNode(app)
    expect(node.reachability.candidates).toEqual([{ address: relay.address, source: { kind: 'invite', topic: garden }, approved: true }])
    expect(node.pubsub.topics).toEqual([garden])
    expect(node.people.known).toMatchObject([{ record, topics: [garden] }])
    expect(app.settings.known()).toEqual([{ peerId: ada.peerId, record, topics: [garden], name: 'Ada' }])
    expect(await app.call('readInvite', { link })).toMatchObject({ subscribed: true, relays: [{ known: true }] })
    // Nor are they a stranger, whose posts go first when a topic takes too much.
    expect(await app.session.store()?.peers(10)).toEqual({ ids: [ada.peerId], since: [0] })
  })

  it('name their maker to the list of people before they post, also after the next start', async () => {
    await app.call('joinInvite', { link })
    lastNode(app).people.arrive(garden, ada.peerId)
    expect(app.heard('people:change').at(-1)?.people[1]).toMatchObject({ peerId: ada.peerId, name: 'Ada' })
    lastNode(app).people.emit('record:learned', { peerId: ada.peerId, record, topics: [garden] })
    await app.session.stop()
    const again = await makeApp({ folder: app.folder })
    await again.session.start()
    lastNode(again).people.arrive(garden, ada.peerId)
    expect(again.heard('people:change').at(-1)?.people[1]).toMatchObject({ peerId: ada.peerId, name: 'Ada' })
    await again.session.stop()
  })

  it('leave relays alone that the person chose before, and agree to those that waited', async () => {
    const chosen = `/dns4/relay.example/tcp/443/wss/p2p/${relay.peerId}`
    await app.call('addRelay', { address: chosen })
    await app.call('joinInvite', { link })
    expect(app.settings.stored().relays).toEqual([{ address: chosen, source: { kind: 'settings' }, approved: true }])
    await app.call('removeRelay', { peerId: relay.peerId })
    lastNode(app).people.emit('relay:learned', { address: relay.address, from: 'p' })
    await app.call('joinInvite', { link })
    expect(app.settings.stored().relays).toMatchObject([{ address: relay.address, approved: true }])
  })

  it('are made with our record, and our relays, those first that listen for us', async () => {
    const node = lastNode(app)
    const other = await makeRelayAddress()
    await app.call('addRelay', { address: relay.address })
    await app.call('addRelay', { address: other.address })
    await app.call('subscribeTopic', { name: 'garden', plain: false })
    await app.call('changeSettings', { displayName: 'Me' })
    node.reachability.state = { state: 'relayed', through: [{ relay: other.peerId, address: other.address }], evidence: [] }
    const key = app.made[0]?.privateKey
    if (key?.type !== 'Ed25519') throw new Error('no key')
    node.people.record = await makeRecord({ key, peerId: node.peerId })
    const relayIn = (state: Relay['state'], one: { readonly address: string, readonly peerId: string }): Relay => ({ ...one, state, source: { kind: 'settings' }, since: 0, detail: '', hub: false })
    node.reachability.relays = [relayIn('down', relay), relayIn('reserved', other)]
    expect(await app.call('createInvite', { topic: garden })).toMatchObject({ relays: { named: 1, answering: true, leftOut: 1 } })
    node.reachability.relays = [relayIn('ready', relay), relayIn('reserved', other)]
    const made = (await app.call('createInvite', { topic: garden })).link
    expect(await app.call('readInvite', { link: made })).toMatchObject({
      from: { peerId: node.peerId, name: 'Me' }, relays: [{ address: other.address }, { address: relay.address }]
    })
    // One's own invite joins the topic and dials nobody.
    await app.call('joinInvite', { link: made })
    expect(node.people.known).toEqual([])
    await expect(app.call('createInvite', { topic: '/natter/1/other' })).rejects.toThrow(/not on this topic/u)
  })

  it('that are cut, foreign or 1 MiB long are refused in words, and change nothing', async () => {
    for (const bad of [link.slice(0, 100), 'https://example.org', 'natter://join#' + 'A'.repeat(1_048_562)]) {
      await expect(app.call('joinInvite', { link: bad })).rejects.toMatchObject({ code: 'ERR_BAD_INVITE' })
      await expect(app.call('readInvite', { link: bad })).rejects.toMatchObject({ code: 'ERR_BAD_INVITE' })
    }
    expect(app.settings.stored()).toMatchObject({ relays: [], subscriptions: [], known: [] })
  })
})
