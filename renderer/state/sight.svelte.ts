import { call } from '../api.ts'
import { screen } from './screen.svelte.ts'
import { topics } from './topics.svelte.ts'

/** What of Natter somebody can see at this moment. */
class Sight {
  /** The window is drawn at all: neither minimised nor hidden. */
  visible = $state(document.visibilityState === 'visible')
  /** Undefined before the first word: a window that was drawn anew says what it shows, whatever the one before said. */
  #told: string | null | undefined

  constructor () {
    document.addEventListener('visibilitychange', () => { this.visible = document.visibilityState === 'visible' })
  }

  /** The topic whose posts are in sight. */
  readonly topic = $derived.by(() => {
    const covered = screen.settings !== undefined || screen.network || screen.dialog !== undefined || (screen.narrow && screen.topicsOpen)
    return this.visible && !covered ? topics.selected?.id ?? null : null
  })

  /** @param running the window shows topics at all */
  async tell (running: boolean): Promise<void> {
    const topic = running ? this.topic : null
    if (topic === this.#told || (!running && this.#told === undefined)) return
    this.#told = topic
    await call('lookAtTopic', { topic })
  }
}

export const sight = new Sight()
