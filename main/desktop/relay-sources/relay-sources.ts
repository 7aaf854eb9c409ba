import { isDeepStrictEqual } from 'node:util'
import type { RelaySources as Sources } from '../../../preload/contract/index.ts'
import type { RelayName } from '../../node/relays/relay-name.ts'
import type { NamedRelays } from '../../node/relays/resolve-relay-name.ts'
import type { NatterNode, RelayCandidate } from '../../node/types.ts'
import type { SettingsService } from '../../settings/settings.ts'
import { CallError } from '../errors.ts'
import type { Notices } from '../notices.ts'
import type { Pushes } from '../push.ts'
import { relayCandidates } from './candidates.ts'
import { createRelayLists, type RelayListsDeps } from './lists/lists.ts'
import { createRelayNames } from './names.ts'

/** Milliseconds between two looks at what is due. */
const LOOK = 2_000

/** What {@link createRelaySources} stands on. */
export interface RelaySourcesDeps {
  readonly settings: SettingsService
  readonly pushes: Pick<Pushes, 'push'>
  readonly notices: Pick<Notices, 'add' | 'remove'>
  /** The node, while it runs. */
  readonly node: () => NatterNode | undefined
  /** Looks a relay's name up. */
  readonly lookUp: (name: RelayName) => Promise<NamedRelays>
  /** Where signed lists are read, and which are here without the person. @default none are read */
  readonly lists?: Pick<RelayListsDeps, 'fetchList' | 'given'>
  /** No network: nothing is looked up, and this says why. */
  readonly offline?: string
}

/** Where relays come from, besides those that the person pasted: names, lists, other relays. */
export interface RelaySources {
  readonly state: () => Sources
  /** The relays to choose from, as the settings have it now. */
  readonly candidates: () => RelayCandidate[]
  /** The settings changed: the node is to choose from what holds now. */
  readonly apply: () => void
  /** Looks a new name up and keeps it. @throws {CallError} where it stands for no relay */
  readonly addName: (name: RelayName) => Promise<void>
  readonly removeName: (name: string) => void
  /** Reads a signed list and keeps it. @throws {CallError | NodeError} where it cannot be believed */
  readonly addList: (reference: string) => Promise<void>
  readonly removeList: (id: string) => void
  /** Looks everything up now. */
  readonly refresh: () => void
  /** Keeps sources fresh from now on. */
  readonly start: () => void
  readonly stop: () => void
}

/** Puts the sources together. Nothing is looked up before a node runs that needs it. */
export function createRelaySources ({ settings, pushes, notices, node, lookUp, lists: from = NO_LISTS, offline }: RelaySourcesDeps): RelaySources {
  let timer: NodeJS.Timeout | undefined
  let pushed: Sources | undefined

  const names = createRelayNames({
    settings,
    notices,
    lookUp: async (text) => {
      const { readRelayName } = await import('../../node/relays/relay-name.ts')
      const name = readRelayName(text)
      return name === undefined ? { kind: 'failed', answered: true, words: `${text} is no name of a relay.` } : lookUp(name)
    },
    isServed: (peerIds) => node()?.reachability.relays.some(({ peerId, state }) => peerIds.includes(peerId) && (state === 'reserved' || state === 'ready')) === true,
    ownPeerId: () => node()?.peerId,
    onChange: apply
  })

  const lists = createRelayLists({ settings, ...from, onChange: apply })

  const state = (): Sources => ({ names: names.states(), lists: lists.states() })
  const candidates = (): RelayCandidate[] => relayCandidates(settings.stored(), lists.listed())

  function requireNetwork (): void {
    if (offline !== undefined) throw new CallError('ERR_UNAVAILABLE', `${offline} Leave safe mode first: then it can be looked up.`)
  }

  function apply (): void {
    const reachability = node()?.reachability
    reachability?.setCandidates(candidates())
    reachability?.setFinding(settings.stored().relaysThroughRelays !== 'off')
    const now = state()
    if (isDeepStrictEqual(now, pushed)) return
    pushed = now
    pushes.push('relay-sources:change', now)
  }

  function look (all = false): void {
    names.look(all)
    lists.look(all).catch((error: unknown) => { console.error('natter: lists of relays could not be looked at:', error) })
  }

  return {
    state,
    candidates,
    apply,
    addName: async (name) => {
      requireNetwork()
      await names.add(name)
    },
    removeName: names.remove,
    addList: async (reference) => {
      requireNetwork()
      await lists.add(reference)
    },
    removeList: lists.remove,
    refresh: () => { if (offline === undefined) look(true) },
    start: () => {
      if (offline !== undefined) return
      timer ??= setInterval(() => { if (node() !== undefined) look() }, LOOK)
      timer.unref()
    },
    stop: () => { clearInterval(timer) }
  }
}

const NO_LISTS: Pick<RelayListsDeps, 'fetchList' | 'given'> = {
  fetchList: async () => { throw new TypeError('there is nothing to read lists with') },
  given: async () => ({ shipped: [], system: [] })
}
