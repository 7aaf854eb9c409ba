import { recall, remember } from '../logic/page-memory.ts'

/** What lies over the main window. */
export type Dialog =
  | { readonly kind: 'find' }
  /** A topic that was seen nearby, or that was left. */
  | { readonly kind: 'subscribe', readonly topic: string }
  | { readonly kind: 'invite', readonly topic: string }
  /** `text`: what is to be understood, an invite that was opened elsewhere or what was looked for in vain. */
  | { readonly kind: 'join', readonly text?: string }
  | { readonly kind: 'leave', readonly topic: string }
  | { readonly kind: 'reachability' }
  /** `person`: peer id of somebody who cannot be reached. */
  | { readonly kind: 'check', readonly person?: string }
  /** What each protocol cost of late, and both on a simulated network. */
  | { readonly kind: 'protocols' }
  | { readonly kind: 'simulation' }
  /** `topic`: the one to look in; all of them where it is left out. */
  | { readonly kind: 'search', readonly topic?: string }
  | { readonly kind: 'keep', readonly topic: string }
  | { readonly kind: 'space', readonly topic: string }
  | { readonly kind: 'export', readonly topic: string }
  | { readonly kind: 'block', readonly peerId: string, readonly name: string }
  /** A link in a post: where it leads, and what the post says. */
  | { readonly kind: 'link', readonly url: string, readonly text: string }

export type SettingsPage = 'profile' | 'network' | 'privacy' | 'computer' | 'appearance' | 'about'

const FOLDED = 'natter.people-folded'
const NEARBY = 'natter.nearby-open'

/** What is open and what is folded away. */
class Screen {
  dialog = $state.raw<Dialog | undefined>(undefined)
  settings = $state<SettingsPage | undefined>(undefined)
  /** The view of the network lies over topics and posts; settings lie over it. */
  network = $state(false)
  /** A part of the settings that is to be brought into sight. */
  part = $state<'crashes' | undefined>(undefined)
  /** Narrow windows: whether the list of topics lies over the posts. */
  topicsOpen = $state(false)
  /** Too narrow for people beside posts. */
  tight = $state(false)
  /** Too narrow for topics beside posts. */
  narrow = $state(false)
  #beforeNetwork: Element | null = null
  #folded = $state(recall(FOLDED) === true)
  #nearby = $state(recall(NEARBY) === true)
  #overlay = $state(false)

  constructor () {
    const tight = matchMedia('(max-width: 979px)')
    const narrow = matchMedia('(max-width: 619px)')
    const read = (): void => {
      if (this.tight !== tight.matches) this.#overlay = false
      this.tight = tight.matches
      this.narrow = narrow.matches
    }
    tight.addEventListener('change', read)
    narrow.addEventListener('change', read)
    read()
  }

  /** Whether the list of people is drawn: beside the posts, or over them in a tight window. */
  get people (): boolean {
    return this.tight ? this.#overlay : !this.#folded
  }

  togglePeople (): void {
    if (this.tight) {
      this.#overlay = !this.#overlay
      return
    }
    this.#folded = !this.#folded
    remember(FOLDED, this.#folded)
  }

  /** Whether the topics of people nearby are listed: strangers choose their names, so they begin folded away. */
  get nearby (): boolean {
    return this.#nearby
  }

  toggleNearby (): void {
    this.#nearby = !this.#nearby
    remember(NEARBY, this.#nearby)
  }

  open (dialog: Dialog): void {
    this.dialog = dialog
  }

  close (): void {
    this.dialog = undefined
  }

  openNetwork (): void {
    this.#beforeNetwork = document.activeElement
    this.network = true
  }

  /** Gives the focus back to who had it. */
  closeNetwork (): void {
    this.network = false
    const before = this.#beforeNetwork
    // The window behind is drawn again in this turn, and only then takes the focus.
    setTimeout(() => { if (before instanceof HTMLElement && before.isConnected) before.focus() })
  }

  closeSettings (): void {
    if (this.settings === undefined) return
    // What was typed into a field is kept when the field is left.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    this.settings = undefined
  }

  showCrashes (): void {
    this.close()
    this.settings = 'computer'
    this.part = 'crashes'
  }
}

export const screen = new Screen()
