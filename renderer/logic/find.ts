import type { Topic } from '../../preload/contract/index.ts'
import { plainName } from './names.ts'

/** Topics that match what was typed: those that begin with it first, subscribed before others. */
export function findTopics (topics: readonly Topic[], query: string, limit = 50): readonly Topic[] {
  const wanted = query.trim().toLowerCase()
  const rank = (topic: Topic): number => {
    const title = plainName(topic.title).toLowerCase()
    const place = wanted === '' || title.startsWith(wanted) ? 0 : title.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 2 : title.includes(wanted) ? 4 : -1
    return place < 0 ? -1 : place + (topic.subscribed ? 0 : 1)
  }
  return topics
    .map((topic, index) => ({ topic, index, rank: rank(topic) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, limit)
    .map((entry) => entry.topic)
}
