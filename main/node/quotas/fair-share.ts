import { Fading, fits, type Amount } from './fading.ts'

/** How a {@link FairShare} is divided. */
export interface FairShareOptions {
  /** What all together may use at once. */
  readonly limit: Amount
  /** What is reserved at each depth of the path, and divided evenly among those who are busy there. As many as a path has names. */
  readonly reserves: readonly Amount[]
  /** Milliseconds; see {@link Fading}. */
  readonly fade: number
  /** Names that are remembered in all, at some 300 bytes each. @default 10,000 */
  readonly names?: number
}

/** Milliseconds for which a count of busy members is believed: counting costs a look at each. */
const RECOUNT = 100

/** What somebody who used nothing of late may always ask of a reserve: one post of the greatest size. */
const ONE_POST: Amount = { posts: 1, bytes: 32_768 }

interface Member {
  readonly used: Fading
  /** Made when there is somebody below. */
  members: Map<string, Member> | undefined
  busy: number
  countedAt: number
}

/**
 * One allowance for many, who can make up new names at will. First come, first
 * served while it lasts. Once it is used up, whoever used less than an even
 * part of a reserve still gets in, at each depth of their path, for example
 * topic, neighbor, author: a crowd behind one neighbor takes nothing from
 * those behind another, and a flooded topic nothing from a quiet one.
 *
 * In any time t at most (limit + all reserves) × (1 + t ÷ fade) gets in,
 * however many names there are. Times are milliseconds of a monotonic clock.
 */
export class FairShare {
  readonly #options: Required<FairShareOptions>
  readonly #root: Member
  /** What was given out of the reserve, by depth. */
  readonly #reserved: Fading[] = []
  #names = 0

  constructor (options: FairShareOptions) {
    this.#options = { names: 10_000, ...options }
    this.#root = this.#newMember()
  }

  /** The most bytes that somebody may use now without posts: 0 or less where they have to wait. */
  bytesLeft (path: readonly string[], now: number): number {
    return Math.max(...[this.#root.used.left(this.#options.limit, now), ...this.#shares(path, now)].map(({ bytes }) => bytes))
  }

  /** Whether there is room for an amount. */
  has (path: readonly string[], amount: Amount, now: number): boolean {
    return fits(amount, this.#root.used.left(this.#options.limit, now)) || this.#shares(path, now).some((left) => fits(amount, left))
  }

  /** Uses an amount if there is room for it. */
  take (path: readonly string[], amount: Amount, now: number): boolean {
    const isThere = this.has(path, amount, now)
    if (isThere) this.use(path, amount, now)
    return isThere
  }

  /** Uses an amount whether or not there is room: what goes beyond is missing afterwards. */
  use (path: readonly string[], amount: Amount, now: number): void {
    if (!fits(amount, this.#root.used.left(this.#options.limit, now))) {
      const depth = this.#shares(path, now).findIndex((left) => fits(amount, left))
      if (depth !== -1) this.#reservedAt(depth).add(amount, now)
    }
    let member = this.#root
    member.used.add(amount, now)
    for (const name of path) {
      member = this.#memberOf(member, name)
      member.used.add(amount, now)
    }
    if (this.#names > this.#options.names) this.#forgetSome(now)
  }

  /** What somebody may use out of the reserve, at each depth of their path. */
  #shares (path: readonly string[], now: number): readonly Amount[] {
    let above: Member | undefined = this.#root
    let parts = 1
    return this.#options.reserves.map((reserve, depth) => {
      const name = path[depth] ?? ''
      const member: Member | undefined = above?.members?.get(name)
      const isIdle = member?.used.isIdle(now) !== false
      parts *= (above === undefined ? 0 : this.#busyBelow(above, now)) + (isIdle ? 1 : 0) || 1
      above = member
      const share = { posts: reserve.posts / parts, bytes: reserve.bytes / parts }
      const own = member === undefined || isIdle ? most(share, ONE_POST) : member.used.left(share, now)
      const whole = this.#reservedAt(depth).left(reserve, now)
      return { posts: Math.min(own.posts, whole.posts), bytes: Math.min(own.bytes, whole.bytes) }
    })
  }

  #busyBelow (member: Member, now: number): number {
    if (now - member.countedAt >= RECOUNT) {
      member.countedAt = now
      member.busy = [...member.members?.values() ?? []].filter(({ used }) => !used.isIdle(now)).length
    }
    return member.busy
  }

  #memberOf (above: Member, name: string): Member {
    const members = above.members ??= new Map<string, Member>()
    const known = members.get(name)
    if (known !== undefined) return known
    const member = this.#newMember()
    members.set(name, member)
    above.busy += 1
    this.#names += 1
    return member
  }

  #newMember (): Member {
    return { used: new Fading(this.#options.fade), members: undefined, busy: 0, countedAt: -Infinity }
  }

  #reservedAt (depth: number): Fading {
    return this.#reserved[depth] ??= new Fading(this.#options.fade)
  }

  /** Forgets who is idle. Where too many are busy, the last names of all paths go: who is behind which neighbor stays known. */
  #forgetSome (now: number): void {
    const forgetIdle = (member: Member): void => {
      for (const [name, below] of member.members ?? []) {
        forgetIdle(below)
        if (below.used.isIdle(now)) member.members?.delete(name)
      }
    }
    const forgetLast = (member: Member): void => {
      const below = [...member.members?.values() ?? []]
      if (below.every(({ members }) => members === undefined)) member.members = undefined
      else below.forEach(forgetLast)
    }
    const count = (member: Member): number => [...member.members?.values() ?? []].reduce((sum, below) => sum + 1 + count(below), 0)
    forgetIdle(this.#root)
    this.#names = count(this.#root)
    if (this.#names <= this.#options.names / 2) return
    forgetLast(this.#root)
    this.#names = count(this.#root)
  }
}

function most (a: Amount, b: Amount): Amount {
  return { posts: Math.max(a.posts, b.posts), bytes: Math.max(a.bytes, b.bytes) }
}
