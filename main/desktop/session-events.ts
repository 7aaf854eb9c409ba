import type { Post, Self } from '../../preload/contract/index.ts'
import type { Chat } from '../chat/types.ts'
import type { NatterNode, RelayCandidate } from '../node/types.ts'
import type { SettingsService } from '../settings/settings.ts'
import { sentenceOf } from './errors.ts'
import type { Notices } from './notices.ts'
import type { Pushes } from './push.ts'
import { withFound, withLearned } from './relay-list.ts'
import { createSetAsideNotice } from './set-aside.ts'

interface Parts { readonly node: NatterNode, readonly chat: Chat }
interface Deps {
  readonly settings: SettingsService
  readonly pushes: Pushes
  readonly notices: Pick<Notices, 'add' | 'remove'>
  readonly self: () => Self | undefined
  readonly onArrive: (post: Post) => void
  /** Pubsub brought a post so many milliseconds after it was written. */
  readonly onHeard: (took: number) => void
  readonly candidates: () => RelayCandidate[]
  /** What somebody calls themselves, or ''. */
  readonly nameOf: (peerId: string) => string
}

/**
 * Passes on to the window what node and chat announce, and keeps what is to
 * outlive this run.
 *
 * @returns a function after which nothing of it is heard any more; both may be ending then
 */
export function forwardEvents ({ node, chat }: Parts, { settings, pushes, notices, self, onArrive, onHeard, candidates, nameOf }: Deps): () => void {
  let live = true
  const setAside = createSetAsideNotice(notices, nameOf)
  const heard = <T extends unknown[]> (listener: (...values: T) => void) => (...values: T): void => {
    if (live) listener(...values)
  }

  chat.on('topic:change', heard((topic) => { pushes.push('topic:change', topic) }))
  chat.on('topic:remove', heard((topic) => { pushes.push('topic:remove', topic) }))
  chat.on('post:change', heard((post) => { pushes.push('post:change', post) }))
  chat.on('post:arrive', heard(onArrive))
  chat.on('post:heard', heard(({ took }) => { onHeard(took) }))
  chat.on('people:change', heard((people) => { pushes.push('people:change', people) }))
  chat.on('posts:remove', heard((posts) => { pushes.push('posts:remove', posts) }))
  chat.on('store:fail', heard((error) => {
    const text = unkeptWords(error)
    if (text !== undefined) notices.add('store', 'warning', text)
  }))
  chat.on('store:recover', heard(() => { notices.remove('store') }))
  node.on('peer:set-aside', heard(setAside.tell))
  node.on('self:change', heard(() => { announceSelf({ pushes, self }) }))
  node.pubsub.on('protocol:change', heard((state) => { pushes.push('protocol:change', state) }))
  node.reachability.on('reachability:change', heard((state) => { pushes.push('reachability:change', state) }))
  node.reachability.on('relays:change', heard((relays) => { pushes.push('relays:change', relays) }))
  node.people.on('record:learned', heard((person) => { settings.remember(person) }))
  node.people.on('relay:learned', heard((learned) => {
    const relays = withLearned(settings.stored(), learned, node.peerId)
    if (relays === undefined) return
    settings.update({ relays })
    node.reachability.setCandidates(candidates())
  }))
  node.reachability.on('relays:found', heard((found) => {
    const relays = withFound(settings.stored(), found, node.peerId)
    if (relays === undefined) return
    settings.update({ relays })
    node.reachability.setCandidates(candidates())
  }))
  return () => {
    live = false
    setAside.close()
  }
}

/** Says everything once, for a window that was there before the node. */
export function announceAll ({ node, chat }: Parts, { pushes, self }: Pick<Deps, 'pushes' | 'self'>): void {
  announceSelf({ pushes, self })
  pushes.push('protocol:change', node.pubsub.state)
  pushes.push('reachability:change', node.reachability.state)
  pushes.push('relays:change', node.reachability.relays)
  for (const topic of chat.topics()) pushes.push('topic:change', topic)
  for (const topic of chat.subscriptions()) pushes.push('people:change', chat.whoIsOn(topic))
}

function announceSelf ({ pushes, self }: Pick<Deps, 'pushes' | 'self'>): void {
  const me = self()
  if (me !== undefined) pushes.push('self:change', me)
}

/** What the person is told when posts of others cannot be kept; undefined where that is said elsewhere. */
function unkeptWords (error: unknown): string | undefined {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ERR_DISK_FULL':
      return 'The disk is full, so what others post cannot be kept at the moment. Make room: Natter then gets it from them.'
    case 'ERR_CLOSED':
    case 'ERR_DAMAGED':
      return undefined
    default:
      return `What others post cannot be kept at the moment; Natter gets it from them later. ${sentenceOf(error)}`
  }
}
