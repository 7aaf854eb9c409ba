import { createHistory, type HistoryOptions } from '../../../main/chat/history/create-history.ts'
import type { History, HistoryDeps, HistoryStore } from '../../../main/chat/history/types.ts'
import type { Channel, Channels } from '../../../main/node/types.ts'
import { channelPair, type Passed, type PairOptions } from './channel-pair.ts'
import { PlainHistory, takerOf } from './plain-history.ts'

type Handler = (channel: Channel) => Promise<void>
interface Watch { readonly onPeer: (peerId: string) => void, readonly onGone: (peerId: string) => void }

/** Channels between peers in one process, connected and parted as a test says. */
export class HistoryNet {
  readonly #served = new Map<string, { readonly handler: Handler, readonly watch: Watch | undefined }>()
  readonly #links = new Map<string, PairOptions>()
  readonly #open = new Set<{ readonly link: string, readonly channel: Channel }>()
  readonly histories: History[] = []
  /** Who shut out whom, as 'a b'. */
  readonly shutOut: string[] = []
  /** Channels that were opened, as 'a b'. */
  readonly opened: string[] = []

  /** A peer's own end; peers reach each other once they are connected. */
  channels (self: string): Channels {
    return {
      serve: async (_protocol, handler, watch) => {
        this.#served.set(self, { handler, watch })
        for (const other of this.#neighbours(self)) watch?.onPeer(other)
        return async () => { this.#served.delete(self) }
      },
      open: async (_protocol, peerId) => {
        const link = linkOf(self, peerId)
        const options = this.#links.get(link)
        const served = this.#served.get(peerId)
        if (options === undefined || served === undefined) throw new Error('there is no connection to this peer')
        this.opened.push(`${self} ${peerId}`)
        const { ends: [ours, theirs] } = channelPair(self, peerId, options)
        const entry = { link, channel: ours }
        this.#open.add(entry)
        void served.handler(theirs).then(async () => theirs.close(), (error: unknown) => { theirs.abort(error as Error) }).finally(() => { this.#open.delete(entry) })
        return ours
      },
      shutOut: (peerId) => {
        this.shutOut.push(`${self} ${peerId}`)
        this.part(self, peerId)
      }
    }
  }

  /** @returns what goes through */
  connect (a: string, b: string, options: PairOptions = {}): Passed {
    const passed = { messages: 0, bytes: 0 }
    this.#links.set(linkOf(a, b), { ...options, passed })
    this.#served.get(a)?.watch?.onPeer(b)
    this.#served.get(b)?.watch?.onPeer(a)
    return passed
  }

  part (a: string, b: string): void {
    const link = linkOf(a, b)
    if (!this.#links.delete(link)) return
    for (const each of this.#open) {
      if (each.link === link) each.channel.abort(new Error('the connection broke'))
    }
    this.#served.get(a)?.watch?.onGone(b)
    this.#served.get(b)?.watch?.onGone(a)
  }

  /** A peer with a history of its own, on these topics. */
  async peer (id: string, { topics, store = new PlainHistory(), deps = {}, options = {} }: {
    readonly topics: readonly string[]
    readonly store?: PlainHistory
    readonly deps?: Partial<HistoryDeps>
    readonly options?: HistoryOptions
  }): Promise<{ readonly history: History, readonly store: PlainHistory }> {
    const history = await createHistory({
      self: id,
      channels: this.channels(id),
      store: store satisfies HistoryStore,
      isOurs: (topic) => topics.includes(topic),
      sharedWith: () => topics,
      isHub: () => false,
      floor: () => 0,
      take: takerOf(store),
      ...deps
    }, options)
    this.histories.push(history)
    return { history, store }
  }

  async close (): Promise<void> {
    await Promise.all(this.histories.splice(0).map(async (history) => history.close()))
  }

  #neighbours (self: string): string[] {
    return [...this.#links.keys()].filter((link) => link.split(' ').includes(self)).map((link) => link.split(' ').find((id) => id !== self) ?? '')
  }
}

function linkOf (a: string, b: string): string {
  return [a, b].sort().join(' ')
}
