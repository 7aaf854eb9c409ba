import type { InvitePreview, Topic } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { understand, understoodWords } from '../logic/understood.ts'
import { network } from './network.svelte.ts'
import { Task } from './task.svelte.ts'
import { topics } from './topics.svelte.ts'

/** What somebody types or pastes to join or create something: first understood, then agreed to. */
export class Joining {
  text = $state('')
  /** A topic of other libp2p programs is meant. */
  plain = $state(false)
  /** The other thing that was offered is meant. */
  asTyped = $state(false)
  /** What the invite says; undefined where there is none, or before it is read. */
  preview = $state.raw<InvitePreview>()
  /** Why the invite cannot be read, as a sentence. */
  unreadable = $state('')
  /** A relay was added. */
  added = $state(false)
  readonly task = new Task()
  #looksLike = $state.raw<(a: string, b: string) => boolean>()
  #read = ''

  readonly understood = $derived(understand(this.text, {
    plain: this.plain, asTyped: this.asTyped, topics: topics.all, ...(this.#looksLike === undefined ? {} : { looksLike: this.#looksLike })
  }))
  readonly words = $derived(understoodWords(this.understood))
  readonly error = $derived(this.task.error || this.unreadable)
  /** There is something to agree to. */
  readonly ready = $derived(this.understood.kind === 'invite' ? this.preview !== undefined : this.understood.kind !== 'nothing')

  /** Loads what tells names apart that look the same: a table of 100 kB, which no window needs in order to open. */
  async prepare (): Promise<void> {
    const { looksLike } = await import('../../text/skeleton.ts')
    this.#looksLike = looksLike
  }

  /** Somebody types on. */
  changed (): void {
    this.asTyped = false
    this.added = false
    this.task.error = ''
  }

  /** Reads the invite that is understood, if it is one; changes nothing. */
  async read (): Promise<void> {
    const link = this.understood.kind === 'invite' ? this.understood.link : ''
    if (link === this.#read) return
    this.#read = link
    this.preview = undefined
    this.unreadable = ''
    if (link === '') return
    const read = await call('readInvite', { link })
    if (link !== this.#read) return
    if (read.ok) this.preview = read.value
    else this.unreadable = read.message
  }

  /** Does what is understood; answers whether there is a topic to go to now. */
  async go (): Promise<boolean> {
    const { understood } = this
    switch (understood.kind) {
      case 'nothing': return false
      case 'invite': return this.preview !== undefined && await this.#join(understood.link)
      case 'topic': return this.#subscribe(understood.like ?? understood.known, understood.id, understood.plain)
      case 'relay': {
        if (await this.task.run(() => network.addRelay(understood.text)) === undefined) return false
        this.text = ''
        this.added = true
        return false
      }
    }
  }

  async #join (link: string): Promise<boolean> {
    const joined = await this.task.run(() => call('joinInvite', { link }))
    if (joined !== undefined) topics.select(joined.value.topic)
    return joined !== undefined
  }

  async #subscribe (there: Topic | undefined, id: string, plain: boolean): Promise<boolean> {
    if (there?.subscribed === true) {
      topics.select(there.id)
      return true
    }
    return await this.task.run(() => there === undefined ? topics.subscribe(id, plain) : topics.subscribe(there.id, there.dialect === 'text')) !== undefined
  }
}
