import type { NewPost } from '../../main/store/types.ts'
import { createRandom, randomBytes } from './random.ts'
import { createTexts } from './texts.ts'

/** The topic that has seven of ten posts, and one of those that share the rest. */
export const BIG_TOPIC = '/natter/1/big'
export const SMALL_TOPIC = '/natter/1/small-3'
const SMALL_TOPICS = 9
/** Bytes of a signed envelope around a text of common length: key, signature, author, name, time, nonce. */
const ENVELOPE_BYTES = 350
const AUTHORS = 50
const START = Date.UTC(2026, 11, 1)
/** Between posts: 1,000,000 of them take a year. */
const STEP_MS = 31_536

/** Makes the posts of a history in the order in which they came, batch by batch; the same ones each time. */
export function createHistory (seed: number): (count: number) => readonly NewPost[] {
  const random = createRandom(seed)
  const textOf = createTexts(seed)
  let index = 0

  function next (): NewPost {
    const number = index++
    const time = START + Math.floor((number + random()) * STEP_MS)
    const topic = random() < 0.7 ? BIG_TOPIC : `/natter/1/small-${String(Math.floor(random() * SMALL_TOPICS))}`
    const isOwn = random() < 0.1
    const author = isOwn ? 0 : 1 + Math.floor(random() * AUTHORS)
    return {
      post: {
        id: Buffer.from(randomBytes(random, 32)).toString('base64url'),
        topic,
        author: `12D3KooWBench${String(author).padStart(39, 'x')}`,
        authorName: `Person ${String(author)}`,
        time,
        text: textOf(number),
        own: isOwn,
        ...(isOwn ? { delivery: { kind: 'sent', people: 2 } as const } : {})
      },
      at: time,
      stamp: time,
      payload: randomBytes(random, ENVELOPE_BYTES)
    }
  }
  return (count) => Array.from({ length: count }, next)
}
