import type { Notice, Phase, Post, Push, PushBatch, Self, Snapshot } from '../../preload/contract/index.ts'
import { call, onPush } from '../api.ts'
import { nameOf } from '../logic/names.ts'
import { blocked } from './blocked.svelte.ts'
import { checking } from './checking.svelte.ts'
import { connections } from './connections.svelte.ts'
import { desktop } from './desktop.svelte.ts'
import { errands } from './errands.svelte.ts'
import { feeds } from './feeds.svelte.ts'
import { live } from './live.svelte.ts'
import { network } from './network.svelte.ts'
import { people } from './people.svelte.ts'
import { protocols } from './protocols.svelte.ts'
import { settings } from './settings.svelte.ts'
import { simulating } from './simulating.svelte.ts'
import { topics } from './topics.svelte.ts'
import { updates } from './updates.svelte.ts'

/** What of a new post is read aloud: enough to know whether to look. */
const SPOKEN = 160

/** The window's hold on the main process: one snapshot, then pushes, handed to who keeps them. */
class Session {
  phase = $state.raw<Phase | undefined>(undefined)
  /** Topics and posts can be shown. */
  readonly isOpen = $derived(this.phase?.kind === 'running' || this.phase?.kind === 'reading')
  /** Since when the window waits in this phase, by `performance.now`. */
  since = $state(performance.now())
  /** First start: nobody gave a name yet. Ends when the person is done, not when a name stands. */
  welcome = $state(false)
  standIn = $state(false)
  version = $state('')
  self = $state.raw<Self | undefined>(undefined)
  notices = $state.raw<readonly Notice[]>([])
  /** Batches that came while a snapshot was asked for; undefined while none is. */
  #held: PushBatch[] | undefined

  /** Hears pushes, then asks for the snapshot, so that nothing falls between. */
  async start (): Promise<void> {
    onPush((batch) => {
      if (this.#held === undefined) this.#hear(batch)
      else this.#held.push(batch)
    })
    await this.#sync()
  }

  async dismiss (id: string): Promise<void> {
    this.notices = this.notices.filter((notice) => notice.id !== id)
    await call('dismissNotice', { id })
  }

  async #sync (): Promise<void> {
    this.#held ??= []
    const result = await call('getSnapshot', {})
    const held = this.#held
    this.#held = undefined
    if (!result.ok) {
      this.phase = { kind: 'failed', message: result.message }
      return
    }
    this.#take(result.value)
    for (const batch of held) {
      if (batch.sequence > result.value.sequence) this.#hear(batch)
    }
  }

  #take (snapshot: Snapshot): void {
    this.standIn = snapshot.standIn
    this.version = snapshot.version
    this.self = snapshot.self
    this.notices = snapshot.notices
    blocked.all = snapshot.blocked
    desktop.value = snapshot.desktop
    updates.apply(snapshot.update)
    settings.apply(snapshot.settings)
    people.replace(snapshot.people)
    network.relays = snapshot.relays
    network.sources = snapshot.relaySources
    network.reachability = snapshot.reachability
    network.applyProtocol(snapshot.protocol)
    topics.replace(snapshot.topics)
    this.#enter(snapshot.phase)
    if (snapshot.errand !== undefined) errands.take(snapshot.errand)
  }

  #enter (phase: Phase): void {
    if (phase.kind !== this.phase?.kind) this.since = performance.now()
    this.phase = phase
    if (this.isOpen && settings.value.displayName === '') this.welcome = true
  }

  #hear (batch: PushBatch): void {
    for (const push of batch.pushes) this.#apply(push)
  }

  #apply (push: Push): void {
    switch (push.event) {
      case 'phase:change': {
        const before = this.phase?.kind
        this.#enter(push.value)
        // The store or the node is new: everything about it is read at one moment.
        if (this.isOpen && push.value.kind !== before) void this.#sync()
        return
      }
      case 'self:change': this.self = push.value; return
      case 'settings:change': settings.apply(push.value); return
      case 'topic:change': {
        topics.apply(push.value)
        // What was read before leaving says nothing about what is there on the return.
        if (!push.value.subscribed) {
          feeds.remove(push.value.id)
          people.remove(push.value.id)
        }
        return
      }
      case 'topic:remove': {
        topics.remove(push.value.id)
        people.remove(push.value.id)
        feeds.remove(push.value.id)
        return
      }
      case 'post:change': this.#post(push.value); return
      case 'posts:remove': feeds.removePosts(push.value.topic, push.value.ids); return
      case 'blocked:change': blocked.all = push.value; return
      case 'people:change': people.apply(push.value); return
      case 'relays:change': network.relays = push.value; return
      case 'relay-sources:change': network.sources = push.value; return
      case 'reachability:change': network.reachability = push.value; return
      case 'protocol:change': {
        const note = network.applyProtocol(push.value)
        if (note !== undefined) feeds.note(note)
        return
      }
      case 'network-peer:change': connections.apply(push.value); return
      case 'network-peer:remove': connections.remove(push.value.peerId); return
      case 'traffic:pass': connections.pass(push.value); return
      case 'protocol-sample:change': protocols.apply(push.value); return
      case 'simulation:change': simulating.apply(push.value); return
      case 'notice:add': {
        const at = this.notices.findIndex((notice) => notice.id === push.value.id)
        this.notices = at < 0 ? [...this.notices, push.value] : this.notices.with(at, push.value)
        // Another database took the place of one that was damaged.
        if (push.value.action?.kind === 'export-aside') feeds.reread()
        return
      }
      case 'notice:remove': this.notices = this.notices.filter((notice) => notice.id !== push.value.id); return
      case 'desktop:change': desktop.value = push.value; return
      case 'update:change': updates.apply(push.value); return
      case 'check:change': checking.apply(push.value); return
      case 'errand:open': errands.take(push.value)
    }
  }

  #post (post: Post): void {
    const feed = feeds.of(post.topic)
    const last = feed.stretch.posts.at(-1)
    // What was missed and comes in now belongs further up: nobody is told of it post by post.
    const isNew = !post.own && feed.state === 'ready' && !feed.stretch.newer && (last === undefined || post.order > last.order)
    feeds.apply(post)
    if (isNew && post.topic === topics.selectedId && topics.selected?.notify !== 'nothing') {
      live.say(`${nameOf(post.authorName, post.author)}${post.mention === true ? ' mentions you' : ''}: ${post.text.slice(0, SPOKEN)}`)
    }
  }
}

export const session = new Session()
