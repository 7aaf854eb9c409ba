import type { Post, Settings, Topic } from '../../../preload/contract/index.ts'
import type { Banner, BannerWords, MakeBanner } from './banner.ts'
import { GAP, Group, Pace } from './group.ts'
import { summaryWords, titleWords } from './words.ts'

/** Topics that are named one by one; posts of more of them share one notification. */
const MAX_TOPICS = 3

/** Notifications of what others post. */
export interface Notifications {
  /** Somebody else posted just now. */
  readonly arrive: (post: Post) => void
  /** The topic's posts were read, or are not wanted any more. */
  readonly clear: (topic: string) => void
  /** Closes all of them. */
  readonly close: () => void
}

/** What {@link createNotifications} stands on. */
export interface NotificationsDeps {
  readonly makeBanner: MakeBanner
  readonly settings: () => Pick<Settings, 'notifications' | 'notificationText'>
  readonly topic: (id: string) => Pick<Topic, 'title' | 'notify'> | undefined
  /** The person has the topic before their eyes. */
  readonly isInSight: (topic: string) => boolean
  /** Somebody clicked a notification of this post. */
  readonly onOpen: (post: { readonly topic: string, readonly order: number }) => void
  /** Somebody clicked what stands for several topics. */
  readonly onOpenAll: () => void
  /** What stands above a notification that names no topic. */
  readonly appName: string
  /** Milliseconds, from anywhere. @default performance.now */
  readonly now?: () => number
}

/** A banner with what it shows, so that nothing is shown twice. */
interface Shown { readonly banner: Banner, words?: BannerWords }

/**
 * One notification a topic, in which further posts take the place of earlier
 * ones; from the fourth topic on one for all of them. All together change at
 * most once a second, so that no flood of posts buries the desktop.
 */
export function createNotifications ({ makeBanner, settings, topic: topicOf, isInSight, onOpen, onOpenAll, appName, now = () => performance.now() }: NotificationsDeps): Notifications {
  const groups = new Map<string, Group>()
  const banners = new Map<string, Shown>()
  /** Outlive what they pace: a notification that timed out must not begin a flood anew. */
  const paces = new Map<string, Pace>()
  const summaryPace = new Pace()
  const stale = new Set<Group>()
  let summary: Shown | undefined
  let drawnAt = -Infinity
  let timer: NodeJS.Timeout | undefined

  function isWanted ({ topic, mention }: Post): boolean {
    const notify = topicOf(topic)?.notify ?? 'mentions'
    if (!settings().notifications || isInSight(topic)) return false
    return notify === 'all' || (notify === 'mentions' && mention === true)
  }

  function arrive (post: Post): void {
    if (!isWanted(post)) return
    let group = groups.get(post.topic)
    if (group === undefined) {
      group = new Group(post)
      groups.set(post.topic, group)
    } else group.add(post)
    stale.add(group)
    plan()
  }

  function paceOf ({ topic }: Group): Pace {
    const pace = paces.get(topic) ?? new Pace()
    paces.set(topic, pace)
    return pace
  }

  /** Draws as soon as one of the stale ones is due, and not before a second after the last drawing. */
  function plan (): void {
    clearTimeout(timer)
    if (stale.size === 0) return
    const at = now()
    const waiting = groups.size > MAX_TOPICS ? [summaryPace] : [...stale].map(paceOf)
    const due = Math.max(drawnAt + GAP, Math.min(...waiting.map((pace) => pace.want(at))))
    if (due <= at) draw()
    else timer = setTimeout(draw, due - at)
  }

  function draw (): void {
    const at = now()
    drawnAt = at
    if (groups.size > MAX_TOPICS) {
      stale.clear()
      summaryPace.took(at)
      drawSummary()
    } else {
      for (const group of stale) {
        const pace = paceOf(group)
        if (pace.want(at) > at) continue
        stale.delete(group)
        pace.took(at)
        drawGroup(group)
      }
    }
    plan()
  }

  function drawGroup (group: Group): void {
    const { topic } = group
    const title = topicOf(topic)?.title ?? ''
    const shown = banners.get(topic) ?? {
      banner: makeBanner({
        onClick: () => {
          onOpen({ topic, order: groups.get(topic)?.order ?? group.order })
          clear(topic)
        },
        onClose: () => { forget(topic) },
        onFail: () => { forget(topic) }
      })
    }
    banners.set(topic, shown)
    say(shown, settings().notificationText ? group.words(title) : { title: appName, body: `New posts in ${titleWords(title)}` })
  }

  function drawSummary (): void {
    closeAll(banners)
    summary ??= {
      banner: makeBanner({
        onClick: () => {
          close()
          onOpenAll()
        },
        onClose: forgetAll,
        onFail: forgetAll
      })
    }
    const topics = [...groups.values()].map(({ topic, posts }) => ({ title: topicOf(topic)?.title ?? '', posts }))
    say(summary, { title: appName, body: settings().notificationText ? summaryWords(topics) : `New posts in ${topics.length.toLocaleString('en-US')} topics` })
  }

  /** Its posts were shown and passed by: the next one begins a new count. */
  function forget (topic: string): void {
    banners.delete(topic)
    const group = groups.get(topic)
    groups.delete(topic)
    if (group !== undefined) stale.delete(group)
  }

  function forgetAll (): void {
    for (const topic of groups.keys()) forget(topic)
    summary = undefined
  }

  function clear (topic: string): void {
    banners.get(topic)?.banner.close()
    forget(topic)
    if (groups.size > MAX_TOPICS) return
    // What is left is few, and was said; the next post in a topic brings its own back.
    summary?.banner.close()
    summary = undefined
  }

  function close (): void {
    closeAll(banners)
    summary?.banner.close()
    forgetAll()
    clearTimeout(timer)
  }

  return { arrive, clear, close }
}

function say (shown: Shown, words: BannerWords): void {
  if (shown.words?.title === words.title && shown.words.body === words.body) return
  shown.words = words
  shown.banner.show(words)
}

function closeAll (banners: Map<string, Shown>): void {
  for (const { banner } of banners.values()) banner.close()
  banners.clear()
}
