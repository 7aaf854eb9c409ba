import type { CreatedNode } from '../../create-node.ts'
import type { Community, CommunityMember, CommunityOptions } from './community.ts'

/** A relay's part in a community, which may begin, change and end while it runs. */
export class Membership {
  readonly #node: CreatedNode
  #community: Community | undefined
  #isOver = false
  /** One change after the other: a DHT that is being stopped still has its protocol. */
  #work: Promise<void> = Promise.resolve()

  constructor (node: CreatedNode) {
    this.#node = node
  }

  get members (): readonly CommunityMember[] {
    return this.#community?.members ?? []
  }

  /** From now on, once the node listens. Undefined: it looks for no other relays, and tells of none. */
  async set (options: CommunityOptions | undefined): Promise<void> {
    return this.#then(async () => {
      if (this.#isOver) return
      if (options === undefined) {
        await this.#community?.stop()
        this.#community = undefined
      } else if (this.#community === undefined) {
        // Loaded only here: who names no others needs no DHT.
        const { Community } = await import('./community.ts')
        this.#community = new Community(this.#node, options)
        await this.#community.start()
      } else {
        this.#community.set(options)
      }
    })
  }

  /** Lets the others know that nobody is to be sent here; its own people are still told of the others. */
  async withdraw (): Promise<void> {
    return this.#then(async () => {
      this.#isOver = true
      await this.#community?.withdraw()
    })
  }

  async stop (): Promise<void> {
    return this.#then(async () => {
      this.#isOver = true
      await this.#community?.stop()
    })
  }

  async #then (change: () => Promise<void>): Promise<void> {
    const changed = this.#work.then(change)
    this.#work = changed.catch(() => {})
    return changed
  }
}
