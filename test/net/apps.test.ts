import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHandlers } from '../../main/desktop/api/index.ts'
import type { Handlers } from '../../main/desktop/api/handlers.ts'
import { createKeys } from '../../main/desktop/keys/keys.ts'
import type { Sealer } from '../../main/desktop/keys/sealer.ts'
import { createNotices } from '../../main/desktop/notices.ts'
import { openSettingsOrFail } from '../../main/desktop/open-settings.ts'
import { createErrands } from '../../main/desktop/errands.ts'
import { createPushes } from '../../main/desktop/push.ts'
import { createRelaySources } from '../../main/desktop/relay-sources/relay-sources.ts'
import { createProtocolSamples } from '../../main/desktop/protocols/samples.ts'
import { createSession, type Session } from '../../main/desktop/session.ts'
import { createDesktopNode } from '../../main/node/desktop-node.ts'
import { storeKeyOf } from '../../main/store/key.ts'
import { readAside } from '../../main/store/salvage.ts'
import { createStore } from '../../main/store/sqlite-store.ts'
import { DRIVER } from '../support/store.ts'

const garden = '/natter/1/garden'
/** Milliseconds in which something that crosses the network shows. */
const SHOWN = { timeout: 15_000, interval: 50 }

/** The whole main process but Electron, over a real node. */
interface Person {
  readonly session: Session
  readonly calls: Handlers
  readonly folder: string
}

async function person (displayName: string): Promise<Person> {
  const folder = await mkdtemp(join(tmpdir(), 'natter-apps-'))
  const pushes = createPushes({ send: () => {} })
  const notices = createNotices(pushes)
  const { settings } = await openSettingsOrFail(folder, { notices, pushes })
  // They are to find each other by the invite.
  settings.update({ displayName, mdns: false })
  const sealer: Sealer = { isAvailable: async () => true, seal: async (bytes) => bytes, open: async (secret) => ({ secret, isStale: false }) }
  const keys = createKeys({ path: join(folder, 'identity.json'), sealer })
  const sources = createRelaySources({ settings, pushes, notices, node: () => session.running()?.node, lookUp: async ({ text }) => ({ kind: 'failed', answered: true, words: `The name ${text} does not exist.` }) })
  const session: Session = createSession({
    settings, keys, pushes, notices, createNode: createDesktopNode, allowPrivate: true, onHeard: (took) => { samples.heard(took) },
    openStore: async (key) => createStore({ path: join(folder, 'posts.db'), key: storeKeyOf(key), driverPath: DRIVER })
  })
  const samples = createProtocolSamples({ node: () => session.running()?.node, signal: session.signal, pushes })
  const calls = createHandlers({
    samples, onLeave: () => {}, session, sources, settings, keys, sealer, notices, pushes, folder, version: '', standIn: false,
    errands: createErrands(pushes),
    desktop: {
      state: () => ({ safeMode: false, startAtLogin: 'off', tray: false, folders: { data: folder, logs: folder }, crashes: [] }),
      setStartAtLogin: async () => {}, openFolder: async () => {}, deleteCrashes: async () => {}, forgetImages: async () => {}, showPostMenu: async () => null, restart: () => {}
    },
    attention: { lookAt: () => {} },
    updates: { state: () => ({ kind: 'off', why: '' }), check: async () => {}, install: async () => {}, start: () => {}, stop: async () => {} },
    writeClipboard: async () => {},
    applyTheme: () => {},
    openExternal: async () => {},
    askForFile: { save: async () => undefined, open: async () => undefined },
    readAside: (path, key) => readAside({ path, key: storeKeyOf(key), driverPath: DRIVER })
  })
  await session.start()
  return { session, calls, folder }
}

let ada: Person
let bo: Person
beforeEach(async () => { [ada, bo] = await Promise.all([person('Ada'), person('Bo')]) })
afterEach(async () => {
  await Promise.all([ada, bo].map(async ({ session, folder }) => {
    await session.stop()
    await rm(folder, { recursive: true, force: true })
  }))
})

const textsOf = async ({ calls }: Person): Promise<readonly string[]> => (await calls.listPosts({ topic: garden, page: { kind: 'newest' }, limit: 200 })).posts.map(({ text }) => text)
const post = async ({ calls }: Person, text: string): Promise<unknown> => calls.postMessage({ topic: garden, text, clientId: text })
const queuedOf = async ({ calls }: Person): Promise<number> => (await calls.listPosts({ topic: garden, page: { kind: 'newest' }, limit: 200 })).posts.filter(({ delivery }) => delivery?.kind === 'queued').length

it('an invite brings two people together; what was said before anybody came goes out then', async () => {
  await ada.calls.subscribeTopic({ name: 'garden', plain: false })
  expect(await post(ada, 'anybody?')).toMatchObject({ delivery: { kind: 'queued' } })
  await bo.calls.joinInvite(await ada.calls.createInvite({ topic: garden }))
  await expect.poll(async () => textsOf(bo), SHOWN).toEqual(['anybody?'])
  await post(bo, 'me')
  await expect.poll(async () => textsOf(ada), SHOWN).toEqual(['anybody?', 'me'])
  expect((await ada.calls.listPosts({ topic: garden, page: { kind: 'newest' }, limit: 1 })).posts).toMatchObject([{ authorName: 'Bo', own: false }])
  const { people, topics } = await ada.calls.getSnapshot({})
  expect(people).toMatchObject([{ topic: garden, people: [{ name: 'Ada', path: { kind: 'self' } }, { name: 'Bo', path: { kind: 'direct' } }] }])
  expect(topics).toMatchObject([{ id: garden, people: 1, unread: 1 }])
})

it('what came is shown by protocol, with its bytes and the time that it took, under the one in use', async () => {
  await ada.calls.subscribeTopic({ name: 'garden', plain: false })
  await bo.calls.joinInvite(await ada.calls.createInvite({ topic: garden }))
  await expect.poll(async () => (await bo.calls.getSnapshot({})).topics, SHOWN).toMatchObject([{ people: 1 }])
  const seen = async (protocol: string): Promise<{ readonly posts: number, readonly bytes: number, readonly times: number }> => {
    const mine = (await ada.calls.watchProtocols({})).filter((sample) => sample.protocol === protocol)
    const sum = (of: (sample: (typeof mine)[number]) => number): number => mine.reduce((all, sample) => all + of(sample), 0)
    return { posts: sum(({ posts }) => posts), bytes: sum(({ bytes }) => bytes), times: sum(({ times }) => times.filter((took) => took >= 0 && took < 60_000).length) }
  }
  await post(bo, 'one')
  await expect.poll(async () => seen('gossipsub'), SHOWN).toMatchObject({ posts: 1, times: 1 })
  expect(await seen('floodsub')).toEqual({ posts: 0, bytes: 0, times: 0 })
  await ada.calls.changeSettings({ protocol: 'floodsub' })
  await bo.calls.changeSettings({ protocol: 'floodsub' })
  await expect.poll(async () => (await ada.calls.getSnapshot({})).protocol, SHOWN).toEqual({ current: 'floodsub', waiting: 0 })
  await expect.poll(async () => (await bo.calls.getSnapshot({})).protocol, SHOWN).toEqual({ current: 'floodsub', waiting: 0 })
  await post(bo, 'two')
  await expect.poll(async () => seen('floodsub'), SHOWN).toMatchObject({ posts: 1, times: 1 })
  expect((await seen('floodsub')).bytes).toBeGreaterThan(200)
  expect(await seen('gossipsub')).toMatchObject({ posts: 1, times: 1 })
})

it('no own post is lost while one side switches its protocol, nor while it moves to another port', async () => {
  await ada.calls.subscribeTopic({ name: 'garden', plain: false })
  await bo.calls.joinInvite(await ada.calls.createInvite({ topic: garden }))
  await expect.poll(async () => (await bo.calls.getSnapshot({})).topics, SHOWN).toMatchObject([{ people: 1 }])

  const said: string[] = []
  const sayTen = async (about: string): Promise<void> => {
    for (let index = 0; index < 10; index++) {
      said.push(`${about} ${index}`)
      await post(bo, `${about} ${index}`)
    }
  }
  await bo.calls.changeSettings({ protocol: 'floodsub' })
  await sayTen('switching')
  await expect.poll(async () => textsOf(ada), SHOWN).toEqual(said)
  await bo.calls.changeSettings({ listenPort: ((await bo.calls.getSnapshot({})).self?.port ?? 40_000) - 1 })
  await sayTen('moving')
  await expect.poll(async () => textsOf(ada), SHOWN).toEqual(said)
  await expect.poll(async () => queuedOf(bo), SHOWN).toBe(0)
})
