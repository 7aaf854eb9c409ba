import type { RelayList } from '../../../../preload/contract/index.ts'
import { monotonicNow } from '../../../node/clock.ts'
import { NodeError } from '../../../node/errors.ts'
import { MAX_RELAY_LISTS } from '../../../settings/limits.ts'
import type { SettingsService } from '../../../settings/settings.ts'
import type { StoredSettings } from '../../../settings/schema.ts'
import type { ListedRelays } from '../candidates.ts'
import { listId, readListReference, type ListReference } from './reference.ts'

/** Milliseconds between two readings of a list, and until the next one after a failure. */
const REFRESH = 6 * 60 * 60_000
const RETRY = 10 * 60_000

/** A list as it is kept. */
type StoredList = StoredSettings['relayLists'][number]

/** What {@link createRelayLists} stands on. */
export interface RelayListsDeps {
  readonly settings: SettingsService
  /** The bytes of a list. Rejects where they cannot be had. */
  readonly fetchList: (url: URL) => Promise<Uint8Array>
  /** References that this package brings, and that whoever runs this computer put there. */
  readonly given: () => Promise<Readonly<Record<'shipped' | 'system', readonly string[]>>>
  readonly onChange: () => void
}

/** Signed lists of relays, followed while they are used. */
export interface RelayLists {
  readonly states: () => readonly RelayList[]
  /** What holds now. */
  readonly listed: () => readonly ListedRelays[]
  /** Reads a list that the person names, and keeps it. @throws {NodeError} `ERR_BAD_ADDRESS` */
  readonly add: (text: string) => Promise<void>
  readonly remove: (id: string) => void
  /** Reads those whose time has come; all of them where `all` says so. */
  readonly look: (all?: boolean) => Promise<void>
}

/** Keeps what lists said in the settings, so that a start needs no network, and how reading fares in memory. */
export function createRelayLists ({ settings, fetchList, given, onChange }: RelayListsDeps): RelayLists {
  const due = new Map<string, number>()
  const troubles = new Map<string, string>()
  let taken = false
  let looking = false

  const stored = (): readonly StoredList[] => settings.stored().relayLists
  const place = (reference: string): string => reference.slice(reference.indexOf('@') + 1)
  const put = (list: StoredList): void => {
    const at = stored().findIndex(({ reference }) => reference === list.reference)
    settings.update({ relayLists: at === -1 ? [...stored(), list] : stored().with(at, list) })
  }

  async function readNow ({ url, key }: ListReference, known: StoredList | undefined): Promise<Omit<StoredList, 'reference' | 'origin'>> {
    const bytes = await fetchList(url).catch((cause: unknown) => {
      throw new NodeError('ERR_BAD_ADDRESS', `The list at ${url.protocol === 'file:' ? url.pathname : url.host} cannot be read now.`, { cause })
    })
    // Loaded only here: who has no list needs none of it.
    const { openList } = await import('./signed-list.ts')
    const { title, sequence, expires, addresses } = openList(bytes, key)
    if (known !== undefined && sequence < known.sequence) throw new NodeError('ERR_BAD_ADDRESS', 'What is there now is older than what was read before. It was not followed.')
    if (expires <= Date.now()) throw new NodeError('ERR_BAD_ADDRESS', `This list ran out on ${new Date(expires).toISOString().slice(0, 10)}: whoever makes it has to sign a new one.`)
    return { title, sequence, expires, addresses: [...addresses] }
  }

  /** Once: what this package and this computer bring. Lists that they bring no more go. */
  async function takeGiven (): Promise<void> {
    if (taken) return
    taken = true
    const { shipped, system } = await given()
    const wanted = new Map<string, 'shipped' | 'system'>()
    for (const [origin, texts] of [['shipped', shipped], ['system', system]] as const) {
      for (const text of texts) {
        try {
          wanted.set(readListReference(text, true).text, origin)
        } catch {
          // A line that is none: the others may be.
        }
      }
    }
    const kept = stored().filter(({ reference, origin }) => origin === 'person' ? !wanted.has(reference) : wanted.has(reference))
    const fresh = [...wanted].filter(([reference]) => !kept.some((list) => list.reference === reference))
      .map(([reference, origin]): StoredList => ({ reference, origin, title: place(reference), sequence: 0, expires: 0, addresses: [] }))
    settings.update({ relayLists: [...kept, ...fresh].slice(0, MAX_RELAY_LISTS) })
  }

  async function lookAt (list: StoredList): Promise<void> {
    const { reference, origin } = list
    try {
      const next = await readNow(readListReference(reference, origin !== 'person'), list)
      due.set(reference, monotonicNow() + REFRESH)
      troubles.delete(reference)
      // The person may have removed it meanwhile.
      if (stored().some((other) => other.reference === reference)) put({ reference, origin, ...next })
    } catch (error) {
      due.set(reference, monotonicNow() + RETRY)
      troubles.set(reference, error instanceof NodeError ? error.message : 'The list cannot be read now.')
    }
    onChange()
  }

  return {
    states: () => stored().map(({ reference, origin, title, addresses }) => ({
      id: listId(reference), title, origin, place: place(reference), relays: new Set(addresses.map((address) => address.split('/p2p/').at(-1))).size, trouble: troubles.get(reference) ?? ''
    })),
    listed: () => stored().filter(({ expires }) => expires > Date.now()).map(({ title, addresses }) => ({ title, addresses })),
    add: async (text) => {
      const reference = readListReference(text)
      const known = stored().find((list) => list.reference === reference.text)
      if (known !== undefined && known.origin !== 'person') throw new NodeError('ERR_BAD_ADDRESS', 'This list is here already.')
      const read = await readNow(reference, known)
      due.set(reference.text, monotonicNow() + REFRESH)
      troubles.delete(reference.text)
      put({ reference: reference.text, origin: 'person', ...read })
      onChange()
    },
    remove: (id) => {
      // What was put here by others is theirs to remove; the whole source can be switched off.
      settings.update({ relayLists: stored().filter(({ reference, origin }) => origin !== 'person' || listId(reference) !== id) })
      onChange()
    },
    look: async (all = false) => {
      if (looking || !settings.stored().relaysFromLists) return
      looking = true
      try {
        await takeGiven()
        const now = monotonicNow()
        await Promise.all(stored().filter(({ reference }) => all || (due.get(reference) ?? -Infinity) <= now).map(lookAt))
      } finally {
        looking = false
      }
    }
  }
}
