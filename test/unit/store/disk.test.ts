import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createStore } from '../../../main/store/sqlite-store.ts'
import { createLocalStore, DRIVER, KEY, makePost, makePosts, OLD_DRIVER, openTestStore, tempFolder } from '../../support/store.ts'

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

describe.each([['the driver of a desktop', DRIVER], ['the one for older runtimes', OLD_DRIVER]])('a full disk under %s', (_, driverPath) => {
  it('refuses a post in words, harms nothing, and takes it once there is room', async () => {
    const { store, path, remove } = await openTestStore({ driverPath, maxPages: 90 })
    let next = 0
    let refusal: unknown
    while (refusal === undefined) {
      await store.append(makePosts(next, next + 20)).then(() => { next += 20 }, (error: unknown) => { refusal = error })
    }
    expect(refusal).toMatchObject({ name: 'StoreError', code: 'ERR_DISK_FULL', message: expect.stringContaining('still in the composer') as string })
    expect(next).toBeGreaterThan(20)
    // Nothing of the refused ones is there, and all of the others.
    expect((await store.read('t', undefined, 10_000)).map(({ post }) => post.text)).toEqual(makePosts(0, next).map(({ post }) => post.text))
    expect(store.topic('t').unread).toBe(next)
    expect(await store.ranges('t', [''])).toMatchObject([{ count: next }])
    expect((await store.search('post', { limit: 10_000 })).hits).toHaveLength(next)
    expect(readdirSync(dirname(path)).filter((name) => name.includes('damaged'))).toEqual([])
    // Of several at once those are kept that there is room for.
    const several = await Promise.allSettled([store.append(makePosts(10_000, 11_000)), store.append([makePost(0)]), store.markRead('t')])
    expect(several.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    await store.close()

    const roomier = await createStore({ path, key: KEY, driverPath })
    expect(roomier.report).toEqual({})
    expect((await roomier.append(makePosts(next, next + 20))).posts.every((post) => post !== undefined)).toBe(true)
    expect(await roomier.ranges('t', [''])).toMatchObject([{ count: next + 20 }])
    await roomier.close()
    await remove()
  })
})

describe('opening', () => {
  it('takes as long for 20,000 posts as for 200', async () => {
    const { folder, remove } = tempFolder()
    const open = (path: string): number => {
      const began = performance.now()
      const store = createLocalStore({ path })
      const took = performance.now() - began
      void store.close()
      return took
    }
    const times = []
    for (const count of [200, 20_000]) {
      const path = join(folder, `${count}.db`)
      const store = createLocalStore({ path })
      for (let from = 0; from < count; from += 1_000) await store.append(makePosts(from, Math.min(count, from + 1_000)))
      await store.close()
      times.push(median(Array.from({ length: 9 }, () => open(path))))
    }
    console.log(`opening: ${times.map((time) => time.toFixed(1)).join(' and ')} ms`)
    const [few = 0, many = 0] = times
    expect(many).toBeLessThan(3 * few + 20)
    remove()
  }, 60_000)

  it('by a second process is refused in words, and sets nothing aside', async () => {
    const { path, remove } = await openTestStore()
    await expect(createStore({ path, key: KEY, driverPath: DRIVER })).rejects.toMatchObject({ code: 'ERR_DISK', message: expect.stringContaining('Another program') as string })
    expect(readdirSync(dirname(path)).filter((name) => name.includes('damaged'))).toEqual([])
    await remove()
  }, 20_000)
})
