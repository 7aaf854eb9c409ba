import { describe, expect, it } from 'vitest'
import { WindowUser } from '../support/window-user.ts'
import { openWindow, postItem, see } from './open-window.ts'
import { CHIDI, MUSIC, topic } from './scenes.ts'

describe('a person in front of a window', () => {
  it('reads the whole list of posts, also what is not drawn at the moment', async () => {
    const page = await openWindow({
      snapshot: { topics: [topic('music', { unread: 50 })] },
      endless: { [MUSIC]: { length: 250, author: CHIDI, authorName: 'Chidi', until: Date.now(), unread: 50 } }
    })
    await see(postItem(page, 'post number 200')).toBeInViewport()
    const posts = await new WindowUser(page).posts()
    expect(posts.map((text) => Number(/number (\d+)/.exec(text)?.[1]))).toEqual(Array.from({ length: 250 }, (_, i) => i))
    expect(posts[200]).toMatch(/^New from here\. Chidi ?post number 200/)
    await see(postItem(page, 'post number 249')).toBeInViewport()
  })
})
