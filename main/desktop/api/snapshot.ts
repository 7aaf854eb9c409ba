import type { Relay, Snapshot } from '../../../preload/contract/index.ts'
import { plainTopic } from '../../chat/topics/topic-list.ts'
import { peerIdInAddress } from '../../node/addresses/peer-ids.ts'
import type { RelayCandidate } from '../../node/types.ts'
import type { ApiDeps, Handlers } from './handlers.ts'

/** Calls about the window's own state. */
export function snapshotHandlers (deps: ApiDeps): Pick<Handlers, 'getSnapshot' | 'copyText' | 'dismissNotice'> {
  return {
    getSnapshot: () => takeSnapshot(deps),
    copyText: async ({ text }) => {
      await deps.writeClipboard(text)
      return null
    },
    dismissNotice: ({ id }) => {
      deps.notices.remove(id)
      return null
    }
  }
}

/** Everything at one moment: in one turn, so that the sequence says exactly what is in it. Works in every phase. */
function takeSnapshot ({ session, settings, sources, notices, pushes, errands, desktop, updates, version, standIn }: ApiDeps): Snapshot {
  const sequence = pushes.flush()
  const self = session.self()
  const errand = errands.pending()
  return {
    sequence,
    phase: session.phase(),
    standIn,
    version,
    settings: settings.visible(),
    relaySources: sources.state(),
    notices: notices.all(),
    blocked: settings.stored().blocked,
    desktop: desktop.state(),
    update: updates.state(),
    ...(self === undefined ? {} : { self }),
    ...(errand === undefined ? {} : { errand }),
    ...network()
  }

  function network (): Pick<Snapshot, 'topics' | 'people' | 'relays' | 'reachability' | 'protocol'> {
    const { subscriptions, protocol } = settings.stored()
    const running = session.running()
    if (running === undefined) {
      return {
        topics: subscriptions.map((id) => plainTopic(id, session.store())),
        people: [],
        relays: sources.candidates().flatMap(asleep),
        reachability: { state: 'unknown', through: [], evidence: [] },
        protocol: { current: protocol, waiting: 0 }
      }
    }
    const { node, chat } = running
    return {
      topics: chat.topics(),
      people: chat.subscriptions().map(chat.whoIsOn),
      relays: node.reachability.relays,
      reachability: node.reachability.state,
      protocol: node.pubsub.state
    }
  }
}

/** A relay before there is a node to try it. */
function asleep ({ address, source, approved }: RelayCandidate): readonly Relay[] {
  const peerId = peerIdInAddress(address)
  if (peerId === undefined) return []
  const state = approved ? { state: 'connecting', detail: 'Natter is starting.' } as const : { state: 'asking', detail: 'Not used before you agree.' } as const
  return [{ peerId, address, source, ...state, since: Date.now(), hub: false }]
}
