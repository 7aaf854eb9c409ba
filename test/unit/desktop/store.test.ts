import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { StoreError } from '../../../main/store/errors.ts'
import type { Store } from '../../../main/store/types.ts'
import { lastNode, makeApp, type TestApp, type TestAppOptions } from '../support/app.ts'
import { makePeer } from '../support/peers.ts'

const garden = '/natter/1/garden'
const apps: TestApp[] = []

async function started (options?: TestAppOptions): Promise<TestApp> {
  const app = await makeApp(options)
  apps.push(app)
  await app.session.start()
  return app
}
afterEach(async () => {
  const ended = apps.splice(0)
  for (const app of ended) await app.session.stop()
  for (const { folder } of ended) await rm(folder, { recursive: true, force: true })
})

const texts = async (app: TestApp): Promise<readonly string[]> =>
  (await app.call('listPosts', { topic: garden, page: { kind: 'newest' }, limit: 200 })).posts.map(({ text }) => text)
async function say (app: TestApp, ...said: readonly string[]): Promise<void> {
  await app.call('subscribeTopic', { name: 'garden', plain: false })
  for (const text of said) await app.call('postMessage', { topic: garden, text, clientId: '' })
}
/** The same store, with one thing changed. */
const changed = (store: Store, change: Partial<Store>): Store => ({ ...store, topic: store.topic, close: store.close, ...change })

describe('posts', () => {
  it('are there again at the next start, with what was set for their topic', async () => {
    const app = await started()
    await say(app, 'one', 'two')
    await app.call('notifyTopic', { topic: garden, notify: 'nothing' })
    await app.call('keepTopic', { topic: garden, days: 30 })
    await app.call('limitTopic', { topic: garden, bytes: 50_000_000 })
    await expect(app.call('limitTopic', { topic: '/natter/1/other', bytes: null })).rejects.toMatchObject({ code: 'ERR_NOT_SUBSCRIBED' })
    await app.session.stop()
    const again = await started({ folder: app.folder })
    expect(await texts(again)).toEqual(['one', 'two'])
    expect((await again.call('getSnapshot', {})).topics).toMatchObject([{ id: garden, notify: 'nothing', keepDays: 30, bytes: 100_000, maxBytes: 50_000_000, unread: 0 }])
    expect((await again.call('searchPosts', { query: 'two' })).hits).toMatchObject([{ post: { text: 'two' }, before: { text: 'one' } }])
  })

  it('notify as the person chose from the answer on', async () => {
    const app = await started()
    await say(app, 'one')
    for (const notify of ['nothing', 'all', 'mentions'] as const) {
      await app.call('notifyTopic', { topic: garden, notify })
      // Not at the end of the frame: a post may come before it, and notifications learn of it here.
      expect(app.batches.flatMap(({ pushes }) => pushes).findLast(({ event }) => event === 'topic:change')?.value).toMatchObject({ id: garden, notify })
    }
  })

  it('are read and searched before there is a node, and one that is written meanwhile goes out with it', async () => {
    const app = await started()
    await say(app, 'one', 'two')
    await app.session.stop()
    const node = Promise.withResolvers<undefined>()
    const again = await makeApp({ folder: app.folder, beforeNode: async () => { await node.promise } })
    apps.push(again)
    const start = again.session.start()
    await expect.poll(() => again.session.phase()).toEqual({ kind: 'reading' })
    expect((await again.call('getSnapshot', {})).topics).toMatchObject([{ id: garden, notify: 'mentions' }])
    expect(await texts(again)).toEqual(['one', 'two'])
    expect((await again.call('searchPosts', { query: 'tw' })).hits).toMatchObject([{ post: { text: 'two' } }])
    const written = again.call('postMessage', { topic: garden, text: 'three', clientId: 'row' })
    node.resolve(undefined)
    await start
    expect(await written).toMatchObject({ text: 'three' })
    expect(await texts(again)).toEqual(['one', 'two', 'three'])
    expect(again.heard('phase:change').map(({ kind }) => kind)).toEqual(['starting', 'reading', 'running'])
  })

  it('lie encrypted in the data folder', async () => {
    const app = await started()
    await say(app, 'a most secret sentence')
    await app.session.stop()
    const files = (await readdir(app.folder)).filter((name) => name.startsWith('posts'))
    expect(files).toEqual(['posts.db'])
    const bytes = await readFile(join(app.folder, 'posts.db'))
    expect(bytes.includes('secret')).toBe(false)
    expect(bytes.subarray(0, 6).toString()).not.toBe('SQLite')
  })

  it('open under another passphrase too', async () => {
    const app = await started({ keyStore: false })
    await app.call('chooseProtection', { kind: 'passphrase', passphrase: 'correct horse' })
    await say(app, 'one')
    await app.call('changePassphrase', { current: 'correct horse', next: 'battery staple' })
    await app.session.stop()
    const again = await started({ folder: app.folder, keyStore: false })
    await again.call('unlock', { passphrase: 'battery staple' })
    expect(await texts(again)).toEqual(['one'])
  })

  it('may be searched and opened at once, in calls that wait for the start', async () => {
    const app = await started()
    await say(app, 'one')
    await app.session.stop()
    const again = await makeApp({ folder: app.folder })
    apps.push(again)
    const start = again.session.start()
    await expect.poll(() => again.session.self()).toBeDefined()
    expect((await again.call('getSnapshot', {})).topics).toMatchObject([{ id: garden, unread: 0 }])
    expect(await texts(again)).toEqual(['one'])
    await start
  })
})

describe('a database that cannot be read', () => {
  it('is set aside, told of, and what can be read of it is saved and comes back', async () => {
    const app = await started()
    await say(app, ...Array.from({ length: 200 }, (_, index) => `post ${index} ${'words '.repeat(50)}`))
    await app.session.stop()
    const path = join(app.folder, 'posts.db')
    const size = (await readFile(path)).byteLength
    await truncate(path, size - 40_960)

    const again = await started({ folder: app.folder })
    expect(await texts(again)).toEqual([])
    const [notice] = again.notices.all()
    expect(notice).toMatchObject({ level: 'warning', text: expect.stringMatching(/^The database of your posts was damaged\. They are kept as posts-damaged-/u) as string, action: { kind: 'export-aside' } })
    const name = notice?.action?.kind === 'export-aside' ? notice.action.name : ''
    expect(await readdir(app.folder)).toContain(name)
    again.files.next = join(app.folder, 'rescued.jsonl')
    const saved = await again.call('exportAside', { name })
    expect(saved?.path).toBe(again.files.next)
    expect(saved?.posts).toBeGreaterThan(0)
    expect(await again.call('importPosts', {})).toMatchObject({ topics: [garden], added: saved?.posts })
    expect((await texts(again)).at(0)).toMatch(/^post \d/u)
    // What is set aside stays.
    expect(await readdir(app.folder)).toContain(name)
  })

  it('of another identity is set aside too, without an offer that cannot be kept', async () => {
    const app = await started()
    await say(app, 'one')
    await app.session.stop()
    await rm(join(app.folder, 'identity.json'))
    const again = await started({ folder: app.folder })
    const said = again.notices.all().map(({ text }) => text)
    expect(said).toEqual(expect.arrayContaining([
      expect.stringMatching(/do not open with this identity key.*kept as posts-locked-/u), expect.stringMatching(/topics, name, relays and blocked people could not be read.*another identity key.*kept it as settings\.sealed\.other-key-/u)
    ]))
    expect(again.notices.all().filter((notice) => 'action' in notice)).toEqual([])
    expect(await texts(again)).toEqual([])
  })

  it('while the app runs is replaced by another, and the app goes on', async () => {
    let opened = 0
    const app = await started({
      withStore: (store) => ++opened > 1
        ? store
        : changed(store, {
          list: async () => { throw new StoreError('ERR_DAMAGED', 'Damaged.') },
          close: async () => {
            await store.close()
            await writeFile(join(app.folder, 'posts.db'), 'x'.repeat(20_000))
          }
        })
    })
    await say(app, 'one')
    await expect(texts(app)).rejects.toMatchObject({ code: 'ERR_DAMAGED' })
    await expect.poll(() => app.notices.all()).toMatchObject([{ text: expect.stringMatching(/damaged|do not open/u) as string }])
    expect(await texts(app)).toEqual([])
    await say(app, 'two')
    expect(await texts(app)).toEqual(['two'])
    expect([app.nodes.length, lastNode(app).stopped, app.session.phase()]).toEqual([1, false, { kind: 'running' }])
  })

  it('and turns out to be so while the app starts, is replaced by another, and the app goes on', async () => {
    let opened = 0
    const app = await started({
      withStore: (store) => ++opened > 1 ? store : changed(store, { names: async () => { throw new StoreError('ERR_DAMAGED', 'Damaged.') } })
    })
    await expect.poll(() => opened).toBe(2)
    await say(app, 'one')
    expect(await texts(app)).toEqual(['one'])
    expect([app.nodes.length, lastNode(app).stopped, app.session.phase()]).toEqual([1, false, { kind: 'running' }])
  })

  it('again and again is a reason to stop', async () => {
    const app = await started({ withStore: (store) => changed(store, { list: async () => { throw new StoreError('ERR_DAMAGED', 'Damaged.') } }) })
    await say(app, 'one')
    await expect.poll(async () => {
      await texts(app).catch(() => {})
      return app.session.phase()
    }, { timeout: 9_000 }).toMatchObject({ kind: 'failed', message: expect.stringMatching(/damaged again and again/u) as string })
    expect(lastNode(app).stopped).toBe(true)
  })
})

describe('a disk', () => {
  it('that cannot be written at the start is a phase that says so, and no node is made', async () => {
    const app = await started({ withStore: () => { throw new StoreError('ERR_DISK', 'Natter cannot write its posts.') } })
    expect(app.session.phase()).toEqual({ kind: 'failed', message: 'Natter cannot write its posts.' })
    expect(app.nodes).toEqual([])
  })

  it('that is full leaves an own post in the composer: the call fails with the store\'s sentence', async () => {
    const app = await started({ withStore: (store) => changed(store, { append: async () => { throw new StoreError('ERR_DISK_FULL', 'The disk is full.') } }) })
    await app.call('subscribeTopic', { name: 'garden', plain: false })
    await expect(app.call('postMessage', { topic: garden, text: 'x', clientId: 'row' })).rejects.toMatchObject({ name: 'StoreError', code: 'ERR_DISK_FULL' })
    expect(app.heard('post:change')).toEqual([])
  })
})

describe('people who are blocked', () => {
  it('stay so over restarts, and are told to the window and to the node', async () => {
    const app = await started()
    const ada = await makePeer()
    await app.call('blockPeer', { peerId: ada.peerId, name: '  Ada\u202E ' })
    await app.call('blockPeer', { peerId: ada.peerId, name: 'again' })
    const blocked = [{ peerId: ada.peerId, name: 'Ada', since: expect.any(Number) as number }]
    expect(app.heard('blocked:change')).toEqual([blocked])
    expect((await app.call('getSnapshot', {})).blocked).toEqual(blocked)
    expect(lastNode(app).blocked).toEqual([ada.peerId])
    await app.session.stop()
    const again = await started({ folder: app.folder })
    expect(again.made[0]?.blocked).toEqual([ada.peerId])
    expect((await again.call('getSnapshot', {})).blocked).toEqual(blocked)
    await again.call('unblockPeer', { peerId: ada.peerId })
    expect(again.heard('blocked:change').at(-1)).toEqual([])
    expect(lastNode(again).blocked).toEqual([])
    await again.call('unblockPeer', { peerId: ada.peerId })
  })

  it('are never ourselves, nor nobody', async () => {
    const app = await started()
    for (const peerId of [lastNode(app).peerId, '', 'x', '12D3']) await expect(app.call('blockPeer', { peerId, name: '' })).rejects.toMatchObject({ code: 'ERR_BAD_ARGUMENT' })
    expect(app.settings.stored().blocked).toEqual([])
  })
})

describe('links', () => {
  it('to the web are handed to the browser, others are not', async () => {
    const app = await started()
    await app.call('openLink', { url: 'https://example.org/a' })
    await expect(app.call('openLink', { url: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'ERR_BAD_LINK' })
    expect(app.links).toEqual(['https://example.org/a'])
  })
})

it('what others post while the disk is full is told once, and no longer when there is room', async () => {
  vi.spyOn(console, 'error').mockReturnValue(undefined)
  const { createNatterDialect } = await import('../../../main/chat/dialects/natter.ts')
  const { makeMessage } = await import('../support/fake-node.ts')
  let full = true
  const app = await started({
    withStore: (store) => changed(store, {
      append: async (posts) => {
        if (full) throw new StoreError('ERR_DISK_FULL', 'The disk is full.')
        return store.append(posts)
      }
    })
  })
  await app.call('subscribeTopic', { name: 'garden', plain: false })
  const ada = await makePeer()
  const hear = async (text: string): Promise<void> => {
    const { payload } = await createNatterDialect(ada.key).encode({ topic: garden, authorName: '', text, time: Date.now(), newest: 0 })
    lastNode(app).pubsub.emit('message', makeMessage(garden, payload, ada.peerId))
  }
  await hear('one')
  await hear('two')
  await expect.poll(() => app.notices.all()).toEqual([{ id: 'store', level: 'warning', text: 'The disk is full, so what others post cannot be kept at the moment. Make room: Natter then gets it from them.' }])
  expect(app.heard('notice:add')).toHaveLength(1)
  await hear('three')
  await expect.poll(() => app.session.running()?.chat.rejections().unkept).toBe(3)
  expect(app.heard('notice:add')).toHaveLength(1)
  full = false
  await hear('four')
  await expect.poll(() => app.notices.all()).toEqual([])
  vi.restoreAllMocks()
})
