import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAnswer, type AnswerCall } from '../../main/desktop/answer.ts'
import type { CallEvent, Page } from '../../main/desktop/sender.ts'
import { CALLS, MAX_INVITE_LENGTH, type Answer, type Argument, type CallName } from '../../preload/contract/index.ts'
import { encodeInvite } from '../../main/node/discovery/invite.ts'
import { lastNode, makeApp, type TestApp } from '../unit/support/app.ts'
import { makePeer, makeRecord, makeRelayAddress } from '../unit/support/peers.ts'

const names = Object.keys(CALLS) as CallName[]
const mainFrame = { origin: 'app://natter' }
const page: Page = { mainFrame, origin: 'app://natter' }
/** A database that was set aside, of which nothing can be read. */
const ASIDE = 'posts-damaged-20261122T101500Z.db'
const ours: CallEvent = { senderFrame: mainFrame }

let app: TestApp
let answer: AnswerCall
/** A right argument for each call, in an order in which they can all succeed. */
let right: { readonly [K in CallName]: Argument<K> }

beforeAll(async () => {
  app = await makeApp({ keyStore: false })
  await app.session.start()
  await writeFile(join(app.folder, ASIDE), 'no database at all')
  app.files.next = join(app.folder, 'chosen.jsonl')
  answer = createAnswer({ handlers: Promise.resolve(app.handlers), page: () => page })
  const { address, peerId } = await makeRelayAddress()
  const ada = await makePeer()
  const link = await encodeInvite({ topic: '/natter/1/garden', name: 'Ada', relays: [address], record: await makeRecord(ada) }, ada.key)
  right = {
    getSnapshot: {},
    chooseProtection: { kind: 'passphrase', passphrase: 'correct horse' },
    changePassphrase: { current: 'correct horse', next: 'battery staple' },
    unlock: { passphrase: 'battery staple' },
    changeSettings: { displayName: 'Me', theme: 'dark' },
    setProxy: { kind: 'this', address: 'proxy.example:3128', user: '', password: '' },
    subscribeTopic: { name: 'garden', plain: false },
    markRead: { topic: '/natter/1/garden' },
    postMessage: { topic: '/natter/1/garden', text: 'hello', clientId: 'row' },
    listPosts: { topic: '/natter/1/garden', page: { kind: 'newest' }, limit: 200 },
    searchPosts: { query: 'hello', topic: '/natter/1/garden', before: 9e15 },
    notifyTopic: { topic: '/natter/1/garden', notify: 'nothing' },
    keepTopic: { topic: '/natter/1/garden', days: 30 },
    limitTopic: { topic: '/natter/1/garden', bytes: 100_000_000 },
    exportTopic: { topic: '/natter/1/garden', format: 'jsonl' },
    importPosts: {},
    exportAside: { name: ASIDE },
    blockPeer: { peerId: ada.peerId, name: 'Ada' },
    unblockPeer: { peerId: ada.peerId },
    openLink: { url: 'https://example.org/' },
    addRelay: { address },
    approveRelay: { peerId },
    removeRelay: { peerId },
    removeRelayName: { name: 'relay.example.org' },
    refreshRelaySources: {},
    removeRelayList: { id: 'none' },
    createInvite: { topic: '/natter/1/garden' },
    readInvite: { link },
    joinInvite: { link },
    leaveTopic: { topic: '/natter/1/garden', forget: true },
    watchNetwork: {},
    unwatchNetwork: {},
    watchProtocols: {},
    unwatchProtocols: {},
    startSimulation: { graph: { kind: 'diamond' }, posts: 1 },
    stopSimulation: {},
    saveSimulation: { id: 1 },
    savePicture: { id: 1, png: new Uint8Array(8) },
    startCheck: { person: ada.peerId },
    stopCheck: {},
    copyCheckReport: {},
    explainAddress: { address },
    copyText: { text: 'text' },
    dismissNotice: { id: 'none' },
    errandDone: { id: 1 },
    lookAtTopic: { topic: '/natter/1/garden' },
    setStartAtLogin: { on: true },
    openFolder: { folder: 'logs' },
    deleteCrashes: {},
    restartApp: { safeMode: true },
    showPostMenu: { at: { kind: 'page', x: 10, y: 20 }, link: true, selection: false },
    checkForUpdates: {},
    installUpdate: {}
  }
})
afterAll(async () => {
  await app.session.stop()
  await rm(app.folder, { recursive: true })
})

describe('the contract', () => {
  it('and the handlers name the same calls', () => {
    expect(Object.keys(app.handlers).sort()).toEqual([...names].sort())
    expect(Object.keys(right).sort()).toEqual([...names].sort())
  })

  it('has a channel for each call, and no other', async () => {
    const channels: string[] = []
    vi.doMock('electron', () => ({ ipcMain: { handle: (channel: string) => { channels.push(channel) } }, protocol: {} }))
    const { registerIpc } = await import('../../main/desktop/ipc.ts')
    registerIpc({ handlers: Promise.resolve(app.handlers), window: () => undefined })
    vi.doUnmock('electron')
    expect(channels.sort()).toEqual(names.map((name) => `natter:${name}`).sort())
  })
})

describe('a wrong frame', () => {
  const destroyed: CallEvent = { get senderFrame (): never { throw new Error('Render frame was disposed') } }
  const wrong: readonly (readonly [string, CallEvent, Page | undefined])[] = [
    ['another frame of the same origin', { senderFrame: { origin: 'app://natter' } }, page],
    ['our frame with another page in it', { senderFrame: mainFrame }, { mainFrame, origin: 'app://other' }],
    ['an origin that only begins like ours', (() => { const frame = { origin: 'app://natter.example' }; return { senderFrame: frame } })(), page],
    ['a frame that is gone', { senderFrame: null }, page],
    ['no frame at all', { senderFrame: undefined }, page],
    ['a frame that is destroyed', destroyed, page],
    ['a call when there is no window', ours, undefined]
  ]

  it.each(names)('is refused by %s, before anything is read', async (name) => {
    const handler = vi.fn()
    for (const [, event, place] of wrong) {
      const closed = createAnswer({ handlers: Promise.resolve({ ...app.handlers, [name]: handler }), page: () => place })
      expect(await closed(name, event, [right[name]])).toMatchObject({ ok: false, code: 'ERR_FORBIDDEN' })
    }
    const elsewhere = { origin: 'https://example.org' }
    const closed = createAnswer({ handlers: Promise.resolve({ ...app.handlers, [name]: handler }), page: () => ({ mainFrame: elsewhere, origin: 'app://natter' }) })
    expect(await closed(name, { senderFrame: elsewhere }, [right[name]])).toMatchObject({ ok: false, code: 'ERR_FORBIDDEN' })
    expect(handler).not.toHaveBeenCalled()
  })
})

describe('a wrong shape', () => {
  const shapes: readonly unknown[] = [undefined, null, 0, 'text', true, [], [{}], Object.create(null), () => {}, new Map(), Symbol('x'), new Date()]

  it.each(names)('is refused by %s: other types, fields too many, wrong or missing', async (name) => {
    const handler = vi.fn()
    const watched = createAnswer({ handlers: Promise.resolve({ ...app.handlers, [name]: handler }), page: () => page })
    const argument = right[name]
    const refused = async (args: readonly unknown[]): Promise<void> => {
      expect(await watched(name, ours, args)).toMatchObject({ ok: false, code: 'ERR_BAD_ARGUMENT' })
    }
    for (const shape of shapes) await refused([shape])
    await refused([])
    await refused([argument, argument])
    await refused([{ ...argument, unknown: 1 }])
    await refused([{ ...argument, ['__proto__x']: {} }])
    for (const [field, value] of Object.entries(argument)) {
      for (const other of [null, { toString: 'x' }, typeof value === 'string' ? 7 : 'text', typeof value === 'boolean' ? 1 : true, ['x']]) {
        // For ever is a number of days, no limit one of bytes, a password may stay as it is, nothing is what one can look at, and a check need not be about anybody.
        if (other === null && (field === 'days' || field === 'bytes' || field === 'password' || name === 'lookAtTopic' || name === 'startCheck')) continue
        await refused([{ ...argument, [field]: other }])
      }
      // Every field of changeSettings, and where to search, may be left out.
      if (name !== 'changeSettings' && !(name === 'searchPosts' && field !== 'query')) {
        await refused([Object.fromEntries(Object.entries(argument).filter(([key]) => key !== field))])
      }
    }
    expect(handler).not.toHaveBeenCalled()
  })

  it('is refused where only the value is out of bounds', async () => {
    const out: readonly (readonly [CallName, unknown])[] = [
      ['changeSettings', { listenPort: -1 }], ['changeSettings', { listenPort: 65_536 }], ['changeSettings', { listenPort: 1.5 }], ['changeSettings', { listenPort: NaN }],
      ['changeSettings', { protocol: 'smoke' }], ['changeSettings', { theme: '' }], ['changeSettings', { updateFeed: 'x'.repeat(2_049) }],
      ['notifyTopic', { topic: 't', notify: 'loud' }], ['openFolder', { folder: '/etc' }], ['errandDone', { id: 0.5 }],
      ...[0, 201, Infinity, 1.5].map((limit) => ['listPosts', { topic: 't', page: { kind: 'newest' }, limit }] as const), ['listPosts', { topic: '', page: { kind: 'newest' }, limit: 1 }],
      ...[{}, { kind: 'oldest' }, { kind: 'before' }, { kind: 'newest', order: 1 }, { kind: 'after', order: 2 ** 53 }, { kind: 'around', order: 0.5 }, { kind: 'after', order: null }].map((page) => ['listPosts', { topic: 't', page, limit: 1 }] as const),
      ['searchPosts', { query: 'x'.repeat(1_025) }], ['searchPosts', { query: 'x', before: NaN }], ['searchPosts', { query: 'x', topic: '' }],
      ...[0, -1, 1.5, 36_501, '7'].map((days) => ['keepTopic', { topic: 't', days }] as const), ...[0, -1, 999_999, 1e6 + 0.5, 2e13, NaN, '7'].map((bytes) => ['limitTopic', { topic: 't', bytes }] as const), ['exportTopic', { topic: 't', format: 'pdf' }], ['exportAside', { name: 'x'.repeat(256) }],
      ['blockPeer', { peerId: 'x'.repeat(129), name: '' }], ['openLink', { url: 'x'.repeat(8_193) }],
      ['leaveTopic', { topic: 'x'.repeat(513), forget: true }], ['postMessage', { topic: 't', text: 'x'.repeat(1_048_577), clientId: '' }], ['postMessage', { topic: 't', text: 'x', clientId: 'x'.repeat(65) }],
      ['joinInvite', { link: 'x'.repeat(1_048_578) }], ['chooseProtection', { kind: 'other' }], ['chooseProtection', { kind: 'passphrase' }], ['chooseProtection', { kind: 'none', passphrase: 'x' }],
      ...[{ kind: 'random', nodes: 101, degree: 4 }, { kind: 'random', nodes: 3, degree: 2 }, { kind: 'random', nodes: 10, degree: 10 }, { kind: 'random', nodes: 50, degree: 21 }, { kind: 'ring' }, { kind: 'diamond', nodes: 4 }].map((graph) => ['startSimulation', { graph, posts: 1 }] as const),
      ...[0, 201, 1.5, NaN].map((posts) => ['startSimulation', { graph: { kind: 'diamond' }, posts }] as const), ['saveSimulation', { id: 0.5 }],
      ['savePicture', { id: 1, png: new Uint8Array(8_388_609) }], ['savePicture', { id: 1, png: [1, 2] }],
      ['unlock', { passphrase: 'x'.repeat(1_025) }], ['copyText', { text: 'x'.repeat(65_537) }]
    ]
    for (const [name, argument] of out) expect(await answer(name, ours, [argument]), name).toMatchObject({ ok: false, code: 'ERR_BAD_ARGUMENT' })
  })

  it('is room enough for what is refused in words', async () => {
    expect(await answer('readInvite', ours, [{ link: 'x'.repeat(1_048_576) }])).toMatchObject({ ok: false, code: 'ERR_BAD_INVITE', message: expect.stringContaining(MAX_INVITE_LENGTH.toLocaleString('en-US')) as string })
  })
})

describe('answers', () => {
  it('are data that can cross the boundary, right or wrong', async () => {
    for (const name of ['getSnapshot', 'chooseProtection', 'changePassphrase', 'unlock'] as const) {
      const result = await answer(name, ours, [right[name]])
      expect(structuredClone(result)).toEqual(result)
      expect(result, name).toMatchObject({ ok: true })
    }
    const node = lastNode(await running())
    const key = app.made[0]?.privateKey
    if (key?.type !== 'Ed25519') throw new Error('no key')
    node.people.record = await makeRecord({ key, peerId: node.peerId })
    for (const name of Object.keys(right) as CallName[]) {
      if (['chooseProtection', 'changePassphrase', 'unlock'].includes(name)) continue
      const result = await answer(name, ours, [right[name]])
      expect(structuredClone(result)).toEqual(result)
      // The simulation was stopped before it had figures, and eight bytes are no picture.
      expect(result, name).toMatchObject(name === 'saveSimulation' ? { code: 'ERR_UNAVAILABLE' } : name === 'savePicture' ? { code: 'ERR_BAD_ARGUMENT' } : { ok: true })
    }
    const snapshot = await answer('getSnapshot', ours, [{}]) as { readonly value: Answer<'getSnapshot'> }
    expect(snapshot.value.phase).toEqual({ kind: 'running' })
  })

  it('say what a coded error says, and of any other only that there was one', async () => {
    const spy = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const failing = (error: unknown): AnswerCall => createAnswer({
      handlers: Promise.resolve({ ...app.handlers, getSnapshot: () => { throw error } }), page: () => page
    })
    const secret = Object.assign(new Error('ENOENT: /home/ada/secret'), { code: 'ENOENT' })
    for (const error of [secret, new TypeError('x is not a function'), 'text', undefined, { code: 'ERR_X', name: 'NodeError', message: 'x' }]) {
      const result = await failing(error)('getSnapshot', ours, [{}])
      expect(result).toMatchObject({ ok: false, code: 'ERR_INTERNAL', message: expect.stringMatching(/^Something went wrong inside Natter/u) as string })
      expect(JSON.stringify(result)).not.toMatch(/secret|stack|\.ts/u)
    }
    spy.mockRestore()
    expect(await answer('addRelay', ours, [{ address: 'x' }])).toMatchObject({ ok: false, code: 'ERR_BAD_ADDRESS' })
  })

  it('wait for the app\'s parts, and say so when there are none', async () => {
    const spy = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const early = createAnswer({ handlers: Promise.reject(new Error('no parts')), page: () => page })
    expect(await early('getSnapshot', ours, [{}])).toMatchObject({ ok: false, code: 'ERR_INTERNAL' })
    spy.mockRestore()
  })
})

async function running (): Promise<TestApp> {
  await app.session.whenRunning()
  return app
}
