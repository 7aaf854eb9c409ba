import type { Topic } from '../../preload/contract/index.ts'
import { plainName } from './names.ts'

/** Topics that match what was typed: those that begin with it first, subscribed before others. */
export function findTopics (topics: readonly Topic[], query: string, limit = 50): readonly Topic[] {
  const wanted = query.trim().toLowerCase()
  const rank = (topic: Topic): number => {
    const place = match(topic.title, wanted)
    return place < 0 ? -1 : place + (topic.subscribed ? 0 : 1)
  }
  return topics
    .map((topic, index) => ({ topic, index, rank: rank(topic) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, limit)
    .map((entry) => entry.topic)
}

/** A part of the window that has a name. */
export interface Place {
  readonly title: string
  /** What is to be seen there. */
  readonly about: string
  /** What else people may look for it by. */
  readonly words?: string
  readonly open: () => void
}

/** Places with a word that begins as each word that was typed. */
export function findPlaces (places: readonly Place[], query: string): readonly Place[] {
  const wanted = query.trim().toLowerCase().split(/\s+/u)
  return places.filter(({ title, about, words = '' }) => wanted.every((part) => `${title} ${about} ${words}`.toLowerCase().split(' ').some((word) => word.startsWith(part))))
}

/** How well a title matches: 0 is best, below 0 not at all. */
function match (text: string, wanted: string): number {
  const title = plainName(text).toLowerCase()
  if (wanted === '' || title.startsWith(wanted)) return 0
  if (title.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 2
  return title.includes(wanted) ? 4 : -1
}
