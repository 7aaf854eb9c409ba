import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Notify, Post } from '../../../preload/contract/index.ts'
import type { BannerEvents, BannerWords } from '../../../main/desktop/notifications/banner.ts'
import { createNotifications, type Notifications } from '../../../main/desktop/notifications/notifications.ts'
import { authorWords, escapeMarkup, groupWords, plainLine, summaryWords } from '../../../main/desktop/notifications/words.ts'

let order = 0
const post = (more: Partial<Post> = {}): Post => ({ id: String(++order), topic: 'music', author: '12D3KooWAda', authorName: 'Ada', time: 0, order, text: 'Hello', own: false, ...more })

describe('words', () => {
  it('puts a text on one line, without what deceives the eye, and cut', () => {
    expect(plainLine('one\n two\t\u202Eeerht\u0007 \u200Bfour')).toBe('one two eerht four')
    expect(plainLine('👩‍👩‍👧 و‌ه')).toBe('👩‍👩‍👧 و‌ه')
    expect(plainLine(`z${'\u0335'.repeat(500)}algo`)).toBe(`z${'\u0335'.repeat(4)}algo`)
    expect(plainLine('x'.repeat(100_000), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(plainLine('😀'.repeat(20), 3)).toBe('😀😀…')
    expect(plainLine('\uD800 half')).toBe('\uFFFD half')
  })

  it('writes what servers with markup would draw so that they show it', () => {
    expect(escapeMarkup('<a href="x">&amp;</a>')).toBe('&lt;a href="x"&gt;&amp;amp;&lt;/a&gt;')
  })

  it('names authors without a name by their peer id', () => {
    expect(authorWords({ author: '12D3KooWabcdefx7Qk', authorName: '\u202E ' })).toBe('12D3…x7Qk')
  })

  it('says one post in full, and of several who and how many', () => {
    const newest = post({ text: 'See <b>' })
    expect(groupWords({ post: newest, posts: 1, authors: ['Ada'], mentions: true })).toBe('Ada: See <b>')
    expect(groupWords({ post: newest, posts: 2, authors: ['Ada'], mentions: true })).toBe('Ada: 2 posts that name you')
    expect(groupWords({ post: newest, posts: 2, authors: ['Bo', 'Ada'], mentions: false })).toBe('Ada and Bo: 2 new posts')
    expect(groupWords({ post: newest, posts: 1_500, authors: ['Bo', 'Cy', 'Ada'], mentions: false })).toBe('Ada and 2 others: 1,500 new posts')
    expect(summaryWords([{ title: 'a', posts: 1 }, { title: 'b', posts: 9 }, { title: 'c', posts: 3 }, { title: 'd', posts: 1 }])).toBe('New posts in 4 topics, most of them in b and c')
  })
})

describe('notifications', () => {
  /** What stands on the desktop, by the order in which banners came. */
  let banners: { words?: BannerWords, isOpen: boolean, readonly events: BannerEvents }[]
  let changes: number
  let notify: Record<string, Notify>
  let settings: { notifications: boolean, notificationText: boolean }
  let inSight: string | undefined
  let opened: { readonly topic: string, readonly order: number }[]
  let notifications: Notifications

  const shown = (): string[] => banners.filter(({ isOpen }) => isOpen).map(({ words }) => `${words?.title ?? ''} | ${words?.body ?? ''}`)

  beforeEach(() => {
    vi.useFakeTimers()
    banners = []
    changes = 0
    notify = {}
    settings = { notifications: true, notificationText: true }
    inSight = undefined
    opened = []
    notifications = createNotifications({
      makeBanner: (events) => {
        const banner: (typeof banners)[number] = { isOpen: false, events }
        banners.push(banner)
        return {
          show: (words) => {
            banner.words = words
            banner.isOpen = true
            changes++
          },
          close: () => { banner.isOpen = false }
        }
      },
      settings: () => settings,
      topic: (id) => ({ title: id, notify: notify[id] ?? 'all' }),
      isInSight: (topic) => topic === inSight,
      onOpen: (where) => { opened.push(where) },
      onOpenAll: () => { opened.push({ topic: '*', order: 0 }) },
      appName: 'Natter'
    })
  })
  afterEach(() => { vi.useRealTimers() })

  it('shows what each topic asks for, and nothing that is in sight or not wanted', () => {
    notify = { music: 'mentions', garden: 'nothing' }
    notifications.arrive(post())
    notifications.arrive(post({ topic: 'garden', mention: true }))
    inSight = 'attic'
    notifications.arrive(post({ topic: 'attic' }))
    settings.notifications = false
    notifications.arrive(post({ topic: 'cellar' }))
    vi.advanceTimersByTime(5_000)
    expect(changes).toBe(0)
    settings.notifications = true
    notifications.arrive(post({ mention: true }))
    expect(shown()).toEqual(['music | Ada: Hello'])
  })

  it('changes one notification a topic, at most once a second and less often the longer it goes on', () => {
    notifications.arrive(post())
    expect(changes).toBe(1)
    const at: number[] = []
    const began = Date.now()
    for (let ms = 0; ms < 120_000; ms += 100) {
      const before = changes
      notifications.arrive(post({ authorName: 'Bo', author: 'bo' }))
      vi.advanceTimersByTime(100)
      if (changes > before) at.push(Math.round((Date.now() - began) / 1_000))
    }
    expect(at).toEqual([1, 3, 7, 15, 31, 61, 91])
    expect(shown()).toEqual([expect.stringMatching(/^music \| Bo and Ada: \d{3} new posts$/)])
  })

  it('is quick again after a pause', () => {
    for (let count = 0; count < 20; count++) {
      notifications.arrive(post())
      vi.advanceTimersByTime(1_000)
    }
    vi.advanceTimersByTime(60_000)
    notifications.arrive(post())
    const before = changes
    vi.advanceTimersByTime(40_000)
    notifications.arrive(post())
    expect(changes).toBe(before + 1)
  })

  it('keeps the pace when its notification times out', () => {
    let late = 0
    for (let ms = 0; ms < 60_000; ms += 100) {
      notifications.arrive(post())
      vi.advanceTimersByTime(100)
      if (ms % 5_000 === 0) banners.findLast(({ isOpen }) => isOpen)?.events.onClose?.()
      if (ms === 30_000) late = changes
    }
    expect(changes - late).toBeLessThanOrEqual(2)
  })

  it('says posts of more than three topics at once in one notification', () => {
    for (const topic of ['a', 'b', 'c']) notifications.arrive(post({ topic }))
    vi.advanceTimersByTime(1_000)
    expect(shown()).toEqual(['a | Ada: Hello', 'b | Ada: Hello', 'c | Ada: Hello'])
    notifications.arrive(post({ topic: 'd' }))
    notifications.arrive(post({ topic: 'd' }))
    vi.advanceTimersByTime(1_000)
    expect(shown()).toEqual(['Natter | New posts in 4 topics, most of them in d and a'])

    notifications.clear('a')
    expect(shown()).toEqual([])
    notifications.arrive(post({ topic: 'b' }))
    vi.advanceTimersByTime(3_000)
    expect(shown()).toEqual(['b | Ada: 2 new posts'])
  })

  it('opens the first of the posts, closes with their reading, and begins anew after that', () => {
    const first = post()
    notifications.arrive(first)
    notifications.arrive(post())
    vi.advanceTimersByTime(1_000)
    banners[0]?.events.onClick()
    expect({ opened, shown: shown() }).toEqual({ opened: [{ topic: 'music', order: first.order }], shown: [] })
    vi.advanceTimersByTime(10_000)
    notifications.arrive(post({ text: 'New' }))
    expect(shown()).toEqual(['music | Ada: New'])
    notifications.clear('music')
    expect(shown()).toEqual([])
  })

  it('shows neither author nor text where the person chose so, and says the same thing once', () => {
    settings.notificationText = false
    notifications.arrive(post({ authorName: 'Secret', text: 'Secret' }))
    vi.advanceTimersByTime(2_000)
    notifications.arrive(post())
    vi.advanceTimersByTime(5_000)
    expect({ shown: shown(), changes }).toEqual({ shown: ['Natter | New posts in music'], changes: 1 })
  })

  it('forgets what could not be shown', () => {
    notifications.arrive(post())
    banners[0]?.events.onFail?.()
    vi.advanceTimersByTime(10_000)
    notifications.arrive(post({ text: 'Again' }))
    expect(shown().at(-1)).toBe('music | Ada: Again')
  })

  it('leaves nothing behind when it ends', () => {
    notifications.arrive(post())
    notifications.arrive(post())
    notifications.close()
    vi.advanceTimersByTime(60_000)
    expect(shown()).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
