import type { MadeInvite } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { Task } from './task.svelte.ts'

/** Makes an invite to a topic. */
export class Inviting {
  made = $state.raw<MadeInvite>()
  readonly task = new Task()

  async create (topic: string): Promise<void> {
    this.made = (await this.task.run(() => call('createInvite', { topic })))?.value
  }
}
