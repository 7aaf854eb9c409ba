import { copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, closeSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readAside } from '../../../main/store/salvage.ts'
import { createStore } from '../../../main/store/sqlite-store.ts'
import type { Store } from '../../../main/store/types.ts'
import { openDatabase } from '../../../main/store/worker/driver.ts'
import { salvage } from '../../../main/store/worker/salvage.ts'
import { createLocalStore, DRIVER, KEY, load, makePost, makePosts, OLD_DRIVER, tempFolder } from '../../support/store.ts'

const PAGE = 4096
const POSTS = 60
const module = load(DRIVER)
const own = { own: true, author: 'me', authorName: 'Me', delivery: { kind: 'queued' } } as const

/** A closed database of some 60 posts, to be copied and harmed. */
const good = tempFolder()
const goodPath = join(good.folder, 'posts.db')
let pages = 0

beforeAll(async () => {
  const store = createLocalStore({ path: goodPath })
  for (let from = 0; from < POSTS; from += 10) await store.append(makePosts(from, from + 10, { topic: `t${from % 20}`, authorName: `Bob ${'x'.repeat(900)}` }))
  await store.close()
  pages = statSync(goodPath).size / PAGE
})
afterAll(good.remove)

let place: ReturnType<typeof tempFolder>
let path = ''
beforeEach(() => {
  place = tempFolder()
  path = join(place.folder, 'posts.db')
})
afterEach(() => { place.remove() })

const harmed = (name: string, harm: (path: string) => void): string => {
  const folder = join(place.folder, name)
  mkdirSync(folder)
  const copy = join(folder, 'posts.db')
  copyFileSync(goodPath, copy)
  harm(copy)
  return copy
}

const flip = (file: string, at: number): void => {
  const handle = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, at)
  writeSync(handle, Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, at)
  closeSync(handle)
}

const salvaged = (file: string): number => [...salvage({ path: file, key: KEY, module })].flat().length

/** Uses a store in every way: each answer is right or refused in words. */
async function exercise (store: Store): Promise<void> {
  const tries = [
    () => store.append([makePost(1000)]), () => store.list('t0', { kind: 'newest' }, 50), () => store.read('t10', undefined, 100),
    () => store.search('post', { limit: 50 }), () => store.ranges('t0', ['']), () => store.queued('t0'), () => store.names(9),
    () => store.setHeld('t0', { peerId: 'ann', hub: false }, 'all'), () => store.prune({ now: 0, keepDays: 1 }), () => store.deleteAuthor('nobody')
  ]
  for (const attempt of tries) await attempt().catch((error: unknown) => { expect(error).toMatchObject({ name: 'StoreError', code: 'ERR_DAMAGED' }) })
}

describe('a database that was cut off', () => {
  it('is set aside at every page, and what is left of it can be read', async () => {
    let most = 0
    for (let length = 0; length < pages; length++) {
      const file = harmed(`at-${length}`, (each) => { truncateSync(each, length * PAGE) })
      const store = createLocalStore({ path: file })
      const { aside } = store.report
      // Of an empty file nothing can be said, and nothing is lost by using it.
      expect(aside?.reason).toBe(length === 0 ? undefined : 'damaged')
      expect((await store.append([makePost(1)])).posts[0]?.text).toBe('post 1')
      await store.close()
      if (aside === undefined) continue
      const kept = join(dirname(file), aside.name)
      expect(aside.name).toMatch(/^posts-damaged-\d{8}T\d{6}Z\.db$/u)
      expect(statSync(kept).size).toBe(length * PAGE)
      const rest = salvaged(kept)
      expect(rest).toBeGreaterThanOrEqual(most)
      most = rest
    }
    expect(most).toBeGreaterThan(POSTS / 2)
  }, 60_000)

  it('is set aside in the midst of a page too', async () => {
    const file = harmed('odd', (each) => { truncateSync(each, 10 * PAGE + 100) })
    const store = createLocalStore({ path: file })
    expect(store.report.aside).toMatchObject({ reason: 'damaged' })
    await store.close()
  })
})

describe('a database with one wrong byte', () => {
  it('opens or is set aside, answers rightly or says that it is damaged, and is set aside then', async () => {
    let asides = 0
    let lost = 0
    for (let page = 0; page < pages; page++) {
      const file = harmed(`in-${page}`, (each) => { flip(each, page * PAGE + (page * 997 + 40) % (PAGE - 100)) })
      const first = createLocalStore({ path: file })
      let aside = first.report.aside
      if (aside === undefined) await exercise(first)
      await first.close()
      if (aside === undefined) {
        const second = createLocalStore({ path: file })
        aside = second.report.aside
        await second.close()
      }
      if (aside === undefined) continue
      asides++
      expect(aside.reason).toBe('damaged')
      if (salvaged(join(dirname(file), aside.name)) < POSTS - 5) lost++
    }
    expect(asides).toBeGreaterThan(pages / 2)
    // A wrong byte is in a few posts, or in nothing that they need; but for the first page and the root of the posts.
    expect(lost).toBeLessThanOrEqual(2)
  }, 60_000)
})

describe('a database without its first page', () => {
  it('is set aside, and all posts can be read of it', async () => {
    const file = harmed('first', (each) => {
      const handle = openSync(each, 'r+')
      writeSync(handle, Buffer.alloc(PAGE), 0, PAGE, 0)
      closeSync(handle)
    })
    const store = createLocalStore({ path: file })
    const { aside } = store.report
    expect(aside?.reason).toBe('damaged')
    await store.close()
    const kept = join(dirname(file), aside?.name ?? '')
    const before = readFileSync(kept)
    expect(salvaged(kept)).toBe(POSTS)
    expect(readFileSync(kept)).toEqual(before)
    expect(readdirSync(dirname(file)).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe('a database that is not ours to open', () => {
  it('of another key is set aside as it is', async () => {
    const file = harmed('key', () => {})
    const other = new Uint8Array(32).fill(9)
    const store = createLocalStore({ path: file, key: other })
    const { aside } = store.report
    expect(aside).toMatchObject({ reason: 'other-key', name: expect.stringMatching(/^posts-locked-/u) as string })
    expect(readFileSync(join(dirname(file), aside?.name ?? ''))).toEqual(readFileSync(goodPath))
    await store.close()
    expect(createLocalStore({ path: file, key: other }).report).toEqual({})
    for (const key of [undefined, other]) {
      const copy = harmed(`key-${key === undefined ? 'none' : 'other'}`, () => {})
      expect(createLocalStore({ path: copy, key }).report.aside?.reason).toBe('other-key')
    }
  })

  it('without a key, where we have one', async () => {
    await createLocalStore({ path, key: undefined }).close()
    expect(createLocalStore({ path }).report.aside?.reason).toBe('other-key')
  })

  it('of a newer version is set aside, and what we know of it can be read', async () => {
    const file = harmed('newer', (each) => {
      const db = openDatabase(module, each, KEY)
      db.exec('alter table post drop column name; alter table post add column mood text; pragma user_version=99')
      db.close()
    })
    const store = createLocalStore({ path: file })
    const { aside } = store.report
    expect(aside?.reason).toBe('newer')
    expect(salvaged(join(dirname(file), aside?.name ?? ''))).toBe(POSTS)
    await store.close()
  })

  it.each([
    ['rubbish', Buffer.alloc(20_000, 'rubbish')], ['zeros', Buffer.alloc(40_960)], ['a few bytes', Buffer.from('x')]
  ])('made of %s is set aside', async (_, bytes) => {
    writeFileSync(path, bytes)
    const store = createLocalStore({ path })
    expect(store.report.aside?.reason).toBe('damaged')
    expect((await store.append([makePost(1)])).posts).toHaveLength(1)
    await store.close()
  })

  it('of other tables is set aside', async () => {
    for (const sql of ['create table things(a)', 'pragma user_version=1', 'pragma user_version=1; pragma application_id=1315009650; create table post(a)']) {
      const { folder, remove } = tempFolder()
      const file = join(folder, 'posts.db')
      const db = openDatabase(module, file, KEY)
      db.exec(sql)
      db.close()
      const store = createLocalStore({ path: file })
      expect(store.report.aside?.reason).toBe('damaged')
      await store.close()
      remove()
    }
  })
})

describe('setting aside', () => {
  it('never takes a name that is taken', async () => {
    const names = new Set<string>()
    const now = () => Date.UTC(2026, 10, 22, 18, 48)
    for (let count = 0; count < 3; count++) {
      writeFileSync(path, 'no database')
      const store = createLocalStore({ path, now })
      names.add(store.report.aside?.name ?? '')
      await store.close()
    }
    expect([...names]).toEqual(['posts-damaged-20261122T184800Z.db', 'posts-damaged-20261122T184800Z-2.db', 'posts-damaged-20261122T184800Z-3.db'])
    for (const name of names) expect(readFileSync(join(place.folder, name), 'latin1')).toBe('no database')
  })

  it('takes the write-ahead log along, which holds posts too', async () => {
    copyFileSync(goodPath, path)
    const writer = createLocalStore({ path })
    await writer.append(makePosts(500, 505))
    const folder = join(place.folder, 'killed')
    mkdirSync(folder)
    for (const name of readdirSync(place.folder)) if (name.startsWith('posts.db')) copyFileSync(join(place.folder, name), join(folder, name))
    await writer.close()
    expect(statSync(join(folder, 'posts.db-wal')).size).toBeGreaterThan(0)

    const recovered = createLocalStore({ path: join(folder, 'posts.db') })
    expect(recovered.report).toEqual({})
    expect((await recovered.list('t', { kind: 'newest' }, 50)).posts).toHaveLength(5)
    await recovered.close()

    truncateSync(join(folder, 'posts.db'), 0)
    writeFileSync(join(folder, 'posts.db-wal'), 'log')
    const store = createLocalStore({ path: join(folder, 'posts.db') })
    const name = store.report.aside?.name ?? ''
    expect(readFileSync(join(folder, `${name}-wal`), 'latin1')).toBe('log')
    await store.close()
  })

  it('can be read by a worker, page by page, and given up early', async () => {
    const read = readAside({ path: goodPath, key: KEY, driverPath: DRIVER })
    const posts = []
    for await (const post of read) posts.push(post)
    expect(posts).toHaveLength(POSTS)
    expect(posts[7]).toMatchObject({ topic: 't0', author: 'bob', text: 'post 7', own: false, id: makePost(7).post.id, stamp: makePost(7).stamp, payload: makePost(7).payload })
    for await (const _ of readAside({ path: goodPath, key: KEY, driverPath: DRIVER })) break
    const none = []
    for await (const post of readAside({ path: goodPath, key: new Uint8Array(32), driverPath: DRIVER })) none.push(post)
    for await (const post of readAside({ path: `${goodPath}-none`, key: KEY, driverPath: DRIVER })) none.push(post)
    expect(none).toEqual([])
    expect(existsSync(`${goodPath}-none`)).toBe(false)
  })
})

describe('the two drivers', () => {
  it('read each other\'s files, search and all', async () => {
    for (const [writer, reader] of [[DRIVER, OLD_DRIVER], [OLD_DRIVER, DRIVER]]) {
      const { folder, remove } = tempFolder()
      const options = { path: join(folder, 'posts.db'), key: KEY }
      const first = await createStore({ ...options, driverPath: writer ?? '' })
      await first.append([...makePosts(1, 300), makePost(300, own)])
      await first.close()
      const second = await createStore({ ...options, driverPath: reader ?? '' })
      expect(second.report).toEqual({})
      expect(second.topic('t').unread).toBe(299)
      expect((await second.search('post 179', { limit: 5 })).hits.map(({ post }) => post.text)).toEqual(['post 179'])
      expect(await second.ranges('t', [''])).toMatchObject([{ count: 300 }])
      await second.append(makePosts(301, 400))
      expect((await second.list('t', { kind: 'newest' }, 200)).posts).toHaveLength(200)
      expect((await second.queued('t'))).toHaveLength(1)
      await second.deleteTopic('t')
      await second.close()
      remove()
    }
  })

  it('both say which error it was', async () => {
    for (const driver of [DRIVER, OLD_DRIVER]) {
      const file = harmed(driver === DRIVER ? 'new' : 'old', (each) => { truncateSync(each, (pages - 3) * PAGE) })
      const store = createLocalStore({ path: file, module: load(driver) })
      expect(store.report.aside?.reason).toBe('damaged')
      await store.close()
      expect([...salvage({ path: join(dirname(file), store.report.aside?.name ?? ''), key: KEY, module: load(driver) })].flat().length).toBeGreaterThan(0)
    }
  })
})
