import { describe, expect, it } from 'vitest'
import { HubPosts } from '../../../main/node/relay/hub-posts.ts'

const caps = { postsPerSecond: 10, bytesPerSecond: 1_000 }

describe('posts that a hub forwards', () => {
  it('are five seconds\' worth at once, then so many a second, for each client', () => {
    const posts = new HubPosts(caps)
    const passed = Array.from({ length: 60 }, () => posts.take('a', 1, false, 0)).filter((reason) => reason === undefined)
    expect(passed).toHaveLength(50)
    expect(posts.take('a', 1, false, 0)).toBe('posts')
    expect(posts.take('b', 1, false, 0)).toBeUndefined()
    expect(posts.take('a', 1, false, 100)).toBeUndefined()
    expect(posts.dropped).toEqual({ posts: 11, bytes: 0, topics: 0 })
    expect(posts.forwarded).toBe(52)
  })

  it('are counted in bytes too', () => {
    const posts = new HubPosts(caps)
    expect(posts.take('a', 4_000, false, 0)).toBeUndefined()
    expect(posts.take('a', 2_000, false, 0)).toBe('bytes')
    expect(posts.take('a', 2_000, false, 1_000)).toBeUndefined()
  })

  it('are none on a topic for which the client does not count', () => {
    expect(new HubPosts(caps).take('a', 1, true, 0)).toBe('topics')
  })

  it('end for a minute when a client goes on far beyond the cap', () => {
    const posts = new HubPosts(caps)
    for (let i = 0; i < 250; i++) {
      posts.take('a', 1, false, 0)
    }
    expect(posts.isShutOut('a', 0)).toBe(false)
    posts.take('a', 1, false, 0)
    expect(posts.isShutOut('a', 0)).toBe(true)
    expect(posts.isShutOut('b', 0)).toBe(false)
    expect(posts.isShutOut('a', 60_001)).toBe(false)
  })
})
