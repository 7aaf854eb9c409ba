import type { Phase, Reachability, Topic } from '../../../preload/contract/index.ts'
import { titleWords } from '../notifications/words.ts'

/** Topics with unread posts that the menu names. */
const MAX_TOPICS = 5

/** Which drawing stands in the tray. */
export type TrayIcon = 'reachable' | 'unknown' | 'offline'

/** What the tray shows at one moment. */
export interface TrayView {
  readonly icon: TrayIcon
  readonly unread: boolean
  /** How others reach us, in words. */
  readonly state: string
  readonly tooltip: string
  /** Topics with unread posts, most of them first. */
  readonly topics: readonly { readonly id: string, readonly label: string }[]
  readonly more: number
  readonly notifications: boolean
}

/** What {@link trayView} is made of. */
export interface TrayFacts {
  readonly appName: string
  readonly phase: Phase
  readonly reachability: Reachability
  /** Relays that the person agreed to. */
  readonly relays: number
  readonly topics: readonly Topic[]
  /** Unread posts of topics that are not muted. */
  readonly unread: number
  readonly notifications: boolean
  readonly safeMode: boolean
}

/** Draws nothing itself, so that what has not changed need not be drawn again. */
export function trayView (facts: TrayFacts): TrayView {
  const { appName, topics, unread, notifications } = facts
  const { icon, words } = stateOf(facts)
  const waiting = topics.filter((topic) => topic.unread > 0 && topic.notify !== 'nothing').toSorted((a, b) => b.unread - a.unread)
  return {
    icon,
    unread: unread > 0,
    state: words,
    tooltip: unread === 0 ? `${appName}: ${words}` : `${appName}: ${count(unread, 'unread post', 'unread posts')}. ${words}`,
    topics: waiting.slice(0, MAX_TOPICS).map(({ id, title, unread }) => ({ id, label: `${titleWords(title)} (${unread.toLocaleString('en-US')})` })),
    more: Math.max(0, waiting.length - MAX_TOPICS),
    notifications
  }
}

function stateOf ({ phase, reachability, relays, safeMode }: TrayFacts): { readonly icon: TrayIcon, readonly words: string } {
  switch (phase.kind) {
    case 'starting':
    case 'reading': return { icon: 'unknown', words: 'Starting' }
    case 'locked': return { icon: 'offline', words: 'Waiting for your passphrase' }
    case 'protect': return { icon: 'offline', words: 'Not set up yet' }
    case 'failed': return { icon: 'offline', words: 'Does not run: open Natter to read why' }
    case 'running': break
  }
  if (safeMode) return { icon: 'offline', words: 'Safe mode: no network' }
  switch (reachability.state) {
    case 'direct': return { icon: 'reachable', words: 'Directly reachable' }
    case 'relayed': return { icon: 'reachable', words: relayedWords(reachability) }
    case 'offline': return { icon: 'offline', words: relays === 1 ? 'Offline: your relay does not answer' : 'Offline: none of your relays answers' }
    case 'unknown': return { icon: 'unknown', words: relays === 0 ? 'Reachable in your own network at most' : 'Asking your relays for a place' }
  }
}

function relayedWords ({ through: [best, ...others] }: Reachability): string {
  if (best === undefined) return 'Reachable through a relay'
  const words = `Reachable through relay ${best.relay.slice(0, 4)}…${best.relay.slice(-4)}`
  return others.length === 0 ? words : `${words}, and ${others.length} more`
}

function count (n: number, one: string, many: string): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`
}
