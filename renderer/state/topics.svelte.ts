import type { Answer, Notify, Result, Topic } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { plainName } from '../logic/names.ts'
import { recall, remember } from '../logic/page-memory.ts'
import { feeds } from './feeds.svelte.ts'

const SELECTED = 'natter.topic'

let collator: Intl.Collator | undefined
/** Made when it is needed, as it takes a while; `topic 9` stands before `topic 10`. */
function byTitle (): Intl.Collator {
  return collator ??= new Intl.Collator(undefined, { numeric: true })
}

/** Topics that we subscribe to or see, and the one that is open. */
class Topics {
  all = $state.raw<readonly Topic[]>([])
  /** The id of the open topic; it may be one whose push has not come yet. */
  selectedId = $state(selectedBefore())

  readonly subscribed = $derived(this.all.filter((topic) => topic.subscribed))
  readonly #seen = $derived(this.all.filter((topic) => !topic.subscribed && topic.people > 0))
  readonly nearbyCount = $derived(this.#seen.length)
  /** Topics that connected people are on and we are not, by their names. Sorted only while somebody looks. */
  readonly nearby = $derived(this.#seen.toSorted((a, b) => byTitle().compare(plainName(a.title), plainName(b.title))))
  readonly selected = $derived(this.subscribed.find((topic) => topic.id === this.selectedId))

  find (id: string): Topic | undefined {
    return this.all.find((topic) => topic.id === id)
  }

  replace (all: readonly Topic[]): void {
    this.all = all
    // Before the identity key is open there are none, and the one that was open is still wanted.
    if (this.selected === undefined && this.subscribed[0] !== undefined) this.select(this.subscribed[0].id)
  }

  apply (topic: Topic): void {
    const at = this.all.findIndex((other) => other.id === topic.id)
    const beside = this.selected?.id === topic.id && !topic.subscribed ? this.#beside(topic.id) : undefined
    this.all = at < 0 ? [...this.all, topic] : this.all.with(at, topic)
    if (beside !== undefined) this.select(beside)
  }

  remove (id: string): void {
    const beside = this.selectedId === id ? this.#beside(id) : undefined
    this.all = this.all.filter((topic) => topic.id !== id)
    if (beside !== undefined) this.select(beside)
  }

  select (id: string): void {
    this.selectedId = id
    remember(SELECTED, id)
  }

  /** Opens the topic below (1) or above (-1) the open one. */
  step (by: 1 | -1): void {
    const at = this.subscribed.findIndex((topic) => topic.id === this.selectedId)
    const next = this.subscribed[at < 0 ? 0 : (at + by + this.subscribed.length) % this.subscribed.length]
    if (next !== undefined) this.select(next.id)
  }

  async subscribe (name: string, plain: boolean): Promise<Result<Answer<'subscribeTopic'>>> {
    const result = await call('subscribeTopic', { name, plain })
    if (result.ok) this.select(result.value.topic)
    return result
  }

  /** @param forget its posts are deleted from this computer too */
  leave (topic: string, forget: boolean): Promise<Result<null>> {
    return call('leaveTopic', { topic, forget })
  }

  notify (topic: string, notify: Notify): Promise<Result<null>> {
    return call('notifyTopic', { topic, notify })
  }

  /** @param days `null`: for ever */
  async keep (topic: string, days: number | null): Promise<Result<null>> {
    const result = await call('keepTopic', { topic, days })
    // What grew too old is gone by now.
    if (result.ok && days !== null) feeds.reread(topic)
    return result
  }

  /** @param bytes that its posts may take up on the disk; `null`: any number. What is over is removed by pushes. */
  limit (topic: string, bytes: number | null): Promise<Result<null>> {
    return call('limitTopic', { topic, bytes })
  }

  async markRead (topic: string): Promise<void> {
    await call('markRead', { topic })
  }

  /** What opens when the topic goes: the one below it, else the one above. */
  #beside (id: string): string {
    const at = this.subscribed.findIndex((topic) => topic.id === id)
    return (this.subscribed[at + 1] ?? this.subscribed[at - 1])?.id ?? ''
  }
}

function selectedBefore (): string {
  const id = recall(SELECTED)
  return typeof id === 'string' ? id : ''
}

export const topics = new Topics()
