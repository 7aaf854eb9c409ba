import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import writeFileAtomic from 'write-file-atomic'
import type { Settings } from '../../preload/contract/index.ts'
import type { KnownPerson } from '../node/types.ts'
import { SettingsError } from './errors.ts'
import { cannotWrite, prepareFolder, setAside } from './files.ts'
import { DEFAULT_SETTINGS, readSettings, type StoredSettings } from './schema.ts'

/** People whose records are kept: the ones heard of last. A record has about 300 bytes. */
export const MAX_KNOWN_PEOPLE = 200
/** Relays that are kept; two are used at a time. */
export const MAX_RELAYS = 64
/** Names of relays that are kept. */
export const MAX_RELAY_NAMES = 16
/** Signed lists of relays that are kept. */
export const MAX_RELAY_LISTS = 8
/** Relays that the person did not want which are remembered. */
export const MAX_UNWANTED_RELAYS = 256
/** Peers that are blocked at once, each by the person's own hand. */
export const MAX_BLOCKED = 1_000
/** Milliseconds in which changes are gathered before the file is written: one fsync for a burst of them. */
const SAVE_DELAY = 200

/** What {@link SettingsService} announces. */
export interface SettingsEvents {
  /** What the person set changed. */
  'settings:change': [Settings]
  /** The file could not be written; it is tried again with the next change. */
  'save:fail': [SettingsError]
}

/** What is kept between two runs. Changes hold at once and reach the disk soon after, one write after the other. */
export interface SettingsService extends EventEmitter<SettingsEvents> {
  readonly stored: () => StoredSettings
  /** The part that a window shows. */
  readonly visible: () => Settings
  readonly update: (change: Partial<Omit<StoredSettings, 'version' | 'known'>>) => void
  readonly known: () => readonly KnownPerson[]
  /** Keeps somebody's signed peer record, in place of an earlier one. */
  readonly remember: (person: KnownPerson) => void
  /**
   * Writes what is not written yet.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY`
   */
  readonly flush: () => Promise<void>
}

/**
 * Opens the settings of a data directory. A file that cannot be read is set
 * aside under another name and defaults are used; `notice` then says so.
 *
 * @throws {SettingsError} `ERR_DATA_DIRECTORY` if the directory cannot be written
 */
export async function openSettings (folder: string, now = Date.now): Promise<{ readonly settings: SettingsService, readonly notice?: string }> {
  const file = join(folder, 'settings.json')
  // Beside the look at the folder, as the window waits for both. Where both fail, the folder is what is said.
  const reading = readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new SettingsError('ERR_DATA_DIRECTORY', `Natter cannot read ${file}: see who may read it, or start Natter with --user-data-dir and another folder.`, { cause: error })
  })
  reading.catch(() => { /* Awaited below. */ })
  await prepareFolder(folder)
  const text = await reading
  if (text === undefined) return { settings: createSettings(DEFAULT_SETTINGS, file) }
  const read = readSettings(text)
  if (read.kind === 'read') return { settings: createSettings(read.stored, file) }
  const aside = basename(await setAside(file, read.kind, now()))
  const why = read.kind === 'newer' ? 'were written by a newer Natter' : 'were damaged'
  return {
    settings: createSettings(DEFAULT_SETTINGS, file),
    notice: `Your settings ${why} and could not be read. They are kept as ${aside}; Natter starts with its defaults, and your topics have to be joined again.`
  }
}

/**
 * Settings over a file; without one they last as long as the process, for a
 * window that can only say why nothing works.
 */
export function createSettings (initial: StoredSettings = DEFAULT_SETTINGS, file?: string): SettingsService {
  const events = new EventEmitter<SettingsEvents>()
  let stored = initial
  let unsaved = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function change (next: StoredSettings): void {
    if (isDeepStrictEqual(next, stored)) return
    const before = visibleOf(stored)
    stored = next
    unsaved = true
    const after = visibleOf(stored)
    if (!isDeepStrictEqual(before, after)) events.emit('settings:change', after)
    timer ??= setTimeout(() => {
      save().catch((error: unknown) => { events.emit('save:fail', error as SettingsError) })
    }, SAVE_DELAY)
  }

  async function write (): Promise<void> {
    if (!unsaved || file === undefined) return
    unsaved = false
    try {
      await writeFileAtomic(file, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600 })
    } catch (error) {
      unsaved = true
      throw cannotWrite(file, error)
    }
  }

  function save (): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const next = writing.then(write)
    writing = next.catch(() => {})
    return next
  }

  return Object.assign(events, {
    stored: () => stored,
    visible: () => visibleOf(stored),
    update: (part: Partial<StoredSettings>) => {
      if (part.relays !== undefined && part.relays.length > MAX_RELAYS) throw new SettingsError('ERR_TOO_MANY', `Natter keeps ${MAX_RELAYS} relays: remove one first.`)
      if (part.relayNames !== undefined && part.relayNames.length > MAX_RELAY_NAMES) throw new SettingsError('ERR_TOO_MANY', `Natter keeps ${MAX_RELAY_NAMES} names of relays: remove one first.`)
      if (part.relayLists !== undefined && part.relayLists.length > MAX_RELAY_LISTS) throw new SettingsError('ERR_TOO_MANY', `Natter keeps ${MAX_RELAY_LISTS} lists of relays: remove one first.`)
      if (part.blocked !== undefined && part.blocked.length > MAX_BLOCKED) throw new SettingsError('ERR_TOO_MANY', `Natter keeps ${MAX_BLOCKED.toLocaleString('en-US')} blocked people: unblock one first.`)
      change({ ...stored, ...part })
    },
    known: () => stored.known.map(({ peerId, record, topics }) => ({ peerId, record: new Uint8Array(Buffer.from(record, 'base64')), topics })),
    remember: ({ peerId, record, topics }: KnownPerson) => {
      const others = stored.known.filter((person) => person.peerId !== peerId)
      const person = { peerId, record: Buffer.from(record).toString('base64'), topics: [...topics] }
      // In the place where it was, unless it is new: the same record again is then no change to write.
      const at = stored.known.findIndex((other) => other.peerId === peerId)
      const known = at === -1 ? [...others, person] : others.toSpliced(at, 0, person)
      change({ ...stored, known: known.slice(-MAX_KNOWN_PEOPLE) })
    },
    flush: save
  })
}

/** What no window shows. */
type Unseen = 'version' | 'toldOfStaying' | 'proxyPassword' | 'relays' | 'relayNames' | 'relayLists' | 'unwantedRelays' | 'subscriptions' | 'known' | 'blocked'

function visibleOf ({ version: _, toldOfStaying: _told, proxyPassword: _secret, relays: _relays, relayNames: _names, relayLists: _lists, unwantedRelays: _unwanted, subscriptions: _topics, known: _known, blocked: _blocked, ...visible }: StoredSettings): Omit<StoredSettings, Unseen> & Settings {
  return visible
}
