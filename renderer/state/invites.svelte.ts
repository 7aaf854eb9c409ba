import type { InvitePreview, MadeInvite } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { Task } from './task.svelte.ts'
import { topics } from './topics.svelte.ts'

/** An invite that somebody pasted or opened: first read, then agreed to. */
export class Joining {
  link = $state('')
  preview = $state.raw<InvitePreview | undefined>(undefined)
  readonly task = new Task()

  async read (link: string): Promise<void> {
    this.link = link
    const read = await this.task.run(() => call('readInvite', { link: link.trim() }))
    this.preview = read?.value
  }

  /** Does what the invite says; answers whether it is done. */
  async join (): Promise<boolean> {
    const joined = await this.task.run(() => call('joinInvite', { link: this.link.trim() }))
    if (joined === undefined) return false
    topics.select(joined.value.topic)
    return true
  }

  /** Back to the link, which stays as it was typed. */
  back (): void {
    this.task.reset()
    this.preview = undefined
  }
}

/** Makes an invite to a topic. */
export class Inviting {
  made = $state.raw<MadeInvite>()
  readonly task = new Task()

  async create (topic: string): Promise<void> {
    this.made = (await this.task.run(() => call('createInvite', { topic })))?.value
  }
}
