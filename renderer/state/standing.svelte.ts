import { standingOf } from '../../preload/contract/index.ts'
import { standingTone, standingWords } from '../../words/standing.ts'
import { desktop } from './desktop.svelte.ts'
import { network } from './network.svelte.ts'
import { people } from './people.svelte.ts'
import { session } from './session.svelte.ts'

/** How we stand with others at the moment. */
class StandingState {
  readonly value = $derived(standingOf({
    phase: session.phase, safeMode: desktop.value?.safeMode === true, reachability: network.reachability, relays: network.relays, people: people.all
  }))
  readonly words = $derived(standingWords(this.value))
  readonly tone = $derived(standingTone(this.value))
}

export const standing = new StandingState()
