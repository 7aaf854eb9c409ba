import { monotonicNow } from '../clock.ts'
import { Fading, fits, type Amount } from './fading.ts'
import { FairShare } from './fair-share.ts'
import type { Admission } from '../types.ts'
import { POST_QUOTA, type PostQuota } from './post-quota.ts'

/** A pubsub message that a neighbor handed us. */
export interface HandedMessage {
  /** Peer id of the neighbor. */
  readonly neighbor: string
  /** Peer id of who signed it, or claims to. */
  readonly author: string
  readonly topic: string
  readonly bytes: number
}

/** Dependencies of {@link PostAdmission}. */
export interface PostAdmissionOptions {
  /** @default POST_QUOTA */
  readonly quota?: PostQuota
  /** Whether an author is known for longer than today, so that it has an allowance of its own. @default nobody is */
  readonly isKnown?: (author: string) => boolean
  /** A neighbor goes on far beyond what it may post itself, or hands us forged messages. */
  readonly onFlood?: (neighbor: string) => void
  /** Milliseconds of a monotonic clock. @default monotonicNow */
  readonly now?: () => number
}

/** Authors in topics whose use is remembered. */
const MAX_AUTHORS = 10_000
/** Neighbors whose refused messages are remembered: more than there can be connections. */
const MAX_NEIGHBORS = 1_000

/**
 * Decides which live posts of others get in: a person who types never meets
 * these limits, a flood always does. Use counts for the author who signed a
 * post, whoever forwards it. Names are free, so authors who are new share one
 * allowance, divided fairly by topic, then by the neighbor who handed us the
 * post, then by author.
 *
 * A post is looked at twice: before its signature is checked, which takes
 * 0.2 ms and is spared where the answer is no either way, and afterwards. What
 * an author uses counts only then: nobody can use up somebody else's allowance
 * with forged messages.
 */
export class PostAdmission implements Admission {
  readonly quota: PostQuota
  readonly #onFlood: (neighbor: string) => void
  readonly #now: () => number
  readonly #known: FairShare
  readonly #newcomers: FairShare
  readonly #authors = new Map<string, Fading>()
  /** What of a neighbor's own was refused, and what it forged. */
  readonly #refused = new Map<string, Fading>()
  #isKnown: (author: string) => boolean

  constructor ({ quota = POST_QUOTA, isKnown = () => false, onFlood = () => {}, now = monotonicNow }: PostAdmissionOptions = {}) {
    this.quota = quota
    this.#isKnown = isKnown
    this.#onFlood = onFlood
    this.#now = now
    const { fade } = quota
    this.#known = new FairShare({ ...quota.known, fade })
    this.#newcomers = new FairShare({ ...quota.newcomers, fade })
  }

  /** Who counts as known from now on. */
  setKnown (isKnown: (author: string) => boolean): void {
    this.#isKnown = isKnown
  }

  /** Before the signature is checked: whether it is worth that. */
  mayPass (message: HandedMessage): boolean {
    const { neighbor, author, topic, bytes } = message
    const [amount, now] = [{ posts: 1, bytes }, this.#now()]
    const hasOwn = fits(amount, this.#authorIn(topic, author).left(this.quota.author, now))
    const passes = hasOwn && (this.#isKnown(author)
      ? this.#known.has([topic, author], amount, now)
      // Taken at once: what is forged uses up what newcomers behind the same neighbor have.
      : this.#newcomers.take([topic, neighbor, author], amount, now))
    if (!passes && author === neighbor) this.#refuse(neighbor, amount, now)
    return passes
  }

  /** Its signature is genuine, and it is shown. */
  passed ({ author, topic, bytes }: HandedMessage): void {
    const [amount, now] = [{ posts: 1, bytes }, this.#now()]
    this.#authorIn(topic, author).add(amount, now)
    if (this.#isKnown(author)) this.#known.use([topic, author], amount, now)
  }

  /** Its signature is not genuine. Nobody forwards such a message: the neighbor made it. */
  forged (neighbor: string): void {
    this.#refuse(neighbor, { posts: this.quota.patience.posts / this.quota.forged, bytes: 0 }, this.#now())
  }

  bytesForNewcomers (topic: string, neighbor: string): number {
    return this.#newcomers.bytesLeft([topic, neighbor, ''], this.#now())
  }

  /** Bytes alone count: history brings many small posts, and checks them at its own pace. */
  takeForNewcomer ({ neighbor, author, topic, bytes }: HandedMessage): boolean {
    return this.#newcomers.take([topic, neighbor, author], { posts: 0, bytes }, this.#now())
  }

  #refuse (neighbor: string, amount: Amount, now: number): void {
    const refused = remembered(this.#refused, neighbor, MAX_NEIGHBORS, () => new Fading(this.quota.fade))
    refused.add(amount, now)
    const { posts, bytes } = refused.left(this.quota.patience, now)
    if (posts >= 0 && bytes >= 0) return
    this.#refused.delete(neighbor)
    this.#onFlood(neighbor)
  }

  #authorIn (topic: string, author: string): Fading {
    return remembered(this.#authors, `${author} ${topic}`, MAX_AUTHORS, () => new Fading(this.quota.fade))
  }
}

/** The value of a key, made where there is none. Keys used last stay. */
function remembered<T> (map: Map<string, T>, key: string, most: number, make: () => T): T {
  const value = map.get(key) ?? make()
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
  return value
}
