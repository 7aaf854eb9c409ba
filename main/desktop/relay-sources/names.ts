import type { RelayName as NameState } from '../../../preload/contract/index.ts'
import { shortPeerId } from '../../node/addresses/peer-ids.ts'
import { monotonicNow } from '../../node/clock.ts'
import { NodeError } from '../../node/errors.ts'
import type { RelayName } from '../../node/relays/relay-name.ts'
import type { NamedRelay, NamedRelays } from '../../node/relays/resolve-relay-name.ts'
import type { SettingsService } from '../../settings/settings.ts'
import type { Notices } from '../notices.ts'
import { mergeNamed } from './named-relays.ts'

/** Milliseconds between two looks at a name whose relays serve us. Node does not tell how long a TXT record holds; 15 min are a usual time for one that may change. */
const REFRESH = 15 * 60_000
/** Milliseconds until the next look while none of a name's relays serves us; doubled with each. */
const RETRY = { first: 5_000, most: 5 * 60_000 } as const

/** What {@link createRelayNames} stands on. */
export interface RelayNamesDeps {
  readonly settings: SettingsService
  readonly notices: Pick<Notices, 'add' | 'remove'>
  readonly lookUp: (name: string) => Promise<NamedRelays>
  /** Whether we hold a place on one of these relays, or could at once. */
  readonly isServed: (peerIds: readonly string[]) => boolean
  /** Which of these could be a relay of ours: we are not. */
  readonly ownPeerId: () => string | undefined
  /** What a name stands for, or the state of a look at it, changed. */
  readonly onChange: () => void
}

/** The names of relays that the person wrote down, looked up anew while they are used. */
export interface RelayNames {
  readonly states: () => readonly NameState[]
  /**
   * Looks a new name up and keeps it.
   *
   * @throws {NodeError} `ERR_BAD_ADDRESS` where it stands for no relay
   */
  readonly add: (name: RelayName) => Promise<void>
  readonly remove: (name: string) => void
  /** Looks up those whose time has come; all of them where `all` says so. */
  readonly look: (all?: boolean) => void
}

interface Look { at: number, failures: number, looking: boolean, trouble: string }

/** Keeps what names stand for in the settings, and how looking fares in memory. */
export function createRelayNames ({ settings, notices, lookUp, isServed, ownPeerId, onChange }: RelayNamesDeps): RelayNames {
  const looks = new Map<string, Look>()

  const lookOf = (name: string): Look => {
    const look = looks.get(name) ?? { at: -Infinity, failures: 0, looking: false, trouble: '' }
    looks.set(name, look)
    return look
  }

  const others = (relays: readonly NamedRelay[]): readonly NamedRelay[] => relays.filter(({ peerId }) => peerId !== ownPeerId())

  function isDue (name: string, peerIds: readonly string[], now: number): boolean {
    const look = lookOf(name)
    if (look.looking) return false
    if (isServed(peerIds)) {
      look.failures = 0
      return now - look.at >= REFRESH
    }
    return now - look.at >= (look.failures === 0 ? 0 : Math.min(RETRY.first * 2 ** (look.failures - 1), RETRY.most))
  }

  async function lookAgain (name: string): Promise<void> {
    const look = lookOf(name)
    look.looking = true
    onChange()
    const found = await lookUp(name)
    look.looking = false
    look.at = monotonicNow()
    look.failures++
    look.trouble = found.kind === 'found' ? '' : found.words
    if (found.kind === 'found') take(name, found.relays, found.partial)
    onChange()
  }

  function take (name: string, found: readonly NamedRelay[], isPartial?: boolean): void {
    const names = settings.stored().relayNames
    const at = names.findIndex((stored) => stored.name === name)
    const before = names[at]
    // The person may have removed it meanwhile; and we need no relay to reach ourselves.
    if (before === undefined || others(found).length === 0) return
    const { next, strangers } = mergeNamed(before, others(found), isPartial)
    settings.update({ relayNames: names.with(at, next) })
    if (strangers.length === 0) return
    const who = strangers.map(shortPeerId).join(', ')
    notices.add('relay-name', 'warning', strangers.length === 1
      ? `${name} names another relay than before: ${who}. Natter does not use it before you agree, in Settings, Network. Ask whoever runs it whether they changed it.`
      : `${name} names other relays than before: ${who}. Natter does not use them before you agree, in Settings, Network. Ask whoever runs them whether they changed them.`)
  }

  return {
    states: () => settings.stored().relayNames.map(({ name, relays }) => {
      const { looking, trouble } = lookOf(name)
      return { name, relays: relays.map(({ peerId }) => peerId), looking, trouble }
    }),

    add: async ({ text }) => {
      const found = await lookUp(text)
      if (found.kind === 'failed') throw new NodeError('ERR_BAD_ADDRESS', found.words)
      const relays = others(found.relays)
      if (relays.length === 0) throw new NodeError('ERR_BAD_ADDRESS', `${text} names this Natter itself: a relay is another machine.`)
      const { next } = mergeNamed({ name: text, relays: [], agreed: [] }, relays)
      const { relayNames, unwantedRelays } = settings.stored()
      // Whoever writes the name again agrees to what it stands for now.
      settings.update({
        relayNames: [...relayNames.filter(({ name }) => name !== text), next],
        unwantedRelays: unwantedRelays.filter((peerId) => !next.agreed.includes(peerId))
      })
      notices.remove('relay-name')
      Object.assign(lookOf(text), { at: monotonicNow(), failures: 1, trouble: '' })
      onChange()
    },

    remove: (name) => {
      looks.delete(name)
      settings.update({ relayNames: settings.stored().relayNames.filter((stored) => stored.name !== name) })
      onChange()
    },

    look: (all = false) => {
      const { relayNames, relaysByName } = settings.stored()
      if (!relaysByName) return
      const now = monotonicNow()
      for (const { name, relays } of relayNames) {
        const peerIds = relays.map(({ peerId }) => peerId)
        if (all ? !lookOf(name).looking : isDue(name, peerIds, now)) void lookAgain(name)
      }
    }
  }
}
