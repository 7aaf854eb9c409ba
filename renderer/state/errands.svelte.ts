import { tick } from 'svelte'
import type { Errand } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { feeds } from './feeds.svelte.ts'
import { screen } from './screen.svelte.ts'
import { topics } from './topics.svelte.ts'

/** What Natter was asked, from outside the window, to show: one thing at a time, the last one asked for. */
class Errands {
  /** Asked for, and not shown yet. */
  pending = $state.raw<Errand | undefined>(undefined)
  /** The last one that was shown: a snapshot on its way may still name it. */
  #shown = -1

  take (errand: Errand): void {
    if (errand.id > this.#shown) this.pending = errand
  }

  /** Shows what is pending. */
  async show (): Promise<void> {
    const errand = this.pending
    if (errand === undefined) return
    this.pending = undefined
    this.#shown = errand.id
    await this.#open(errand)
    await tick()
    await call('errandDone', { id: errand.id })
  }

  async #open (errand: Errand): Promise<void> {
    switch (errand.kind) {
      case 'invite': screen.open({ kind: 'join', text: errand.link }); return
      case 'settings': screen.close(); screen.settings = errand.page; return
      case 'topic': this.#topic(errand.topic); return
      case 'post': if (this.#topic(errand.topic)) await feeds.of(errand.topic).show(errand.order)
    }
  }

  /** Brings a topic into sight; answers whether its posts are there to see. */
  #topic (id: string): boolean {
    const known = topics.find(id)
    screen.close()
    screen.closeSettings()
    screen.topicsOpen = false
    if (known === undefined) return false
    if (known.subscribed) topics.select(id)
    // It was left since: its posts are read by who comes back to it.
    else screen.open({ kind: 'subscribe', topic: id })
    return known.subscribed
  }
}

export const errands = new Errands()
