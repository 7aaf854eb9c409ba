import type { Phase, Standing, Topic } from '../../../preload/contract/index.ts'
import { standingTone, standingWords, type Tone } from '../../../words/standing.ts'
import { titleWords } from '../notifications/words.ts'

/** Topics with unread posts that the menu names. */
const MAX_TOPICS = 5

/** Which drawing stands in the tray. */
export type TrayIcon = 'reachable' | 'unknown' | 'offline'

/** What the tray shows at one moment. */
export interface TrayView {
  readonly icon: TrayIcon
  readonly unread: boolean
  /** How we stand with others, in the window's words. */
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
  readonly standing: Standing
  readonly topics: readonly Topic[]
  /** Unread posts of topics that are not muted. */
  readonly unread: number
  readonly notifications: boolean
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

const ICONS = { good: 'reachable', idle: 'unknown', warn: 'unknown', bad: 'offline' } as const satisfies Record<Tone, TrayIcon>

function stateOf ({ phase, standing }: TrayFacts): { readonly icon: TrayIcon, readonly words: string } {
  switch (phase.kind) {
    case 'locked': return { icon: 'offline', words: 'Waiting for your passphrase' }
    case 'protect': return { icon: 'offline', words: 'Not set up yet' }
    case 'failed': return { icon: 'offline', words: 'Natter isn’t running: open it to see why' }
    case 'starting':
    case 'reading':
    case 'running': return { icon: ICONS[standingTone(standing)], words: standingWords(standing) }
  }
}

function count (n: number, one: string, many: string): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`
}
