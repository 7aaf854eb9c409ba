import { EventEmitter } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '../../preload/contract/index.ts'
import type { KnownPerson } from '../node/types.ts'
import type { SettingsError } from './errors.ts'
import { prepareFolder } from './files.ts'
import { checkCounts, MAX_KNOWN_PEOPLE } from './limits.ts'
import { mergeOlder } from './merge.ts'
import { DEFAULT_SETTINGS, PLAIN_KEYS, PRIVATE_KEYS, type StoredSettings } from './schema.ts'
import { sealingKeyOf } from './sealed.ts'
import { SettingsFiles, type Unsaved } from './settings-files.ts'
import type { SettingsNotice } from './words.ts'

/** Milliseconds in which changes are gathered before the files are written: one fsync for a burst of them. */
const SAVE_DELAY = 200

/** What {@link SettingsService} announces. */
export interface SettingsEvents {
  /** What the person set changed. */
  'settings:change': [Settings]
  /** The files could not be written; it is tried again with the next change. */
  'save:fail': [SettingsError]
}

/**
 * What is kept between two runs. Changes hold at once and reach the disk soon after, one write after the other.
 *
 * Until {@link unlock} what is private has its defaults; a change to it holds, and is written after that.
 */
export interface SettingsService extends EventEmitter<SettingsEvents> {
  readonly stored: () => StoredSettings
  /** The part that a window shows. */
  readonly visible: () => Settings
  /** Whether what is private can be read and written. */
  readonly isOpen: () => boolean
  /** @throws {SettingsError} `ERR_TOO_MANY` */
  readonly update: (change: Partial<Omit<StoredSettings, 'known'>>) => void
  readonly known: () => readonly KnownPerson[]
  /** Keeps somebody's signed peer record, in place of an earlier one. */
  readonly remember: (person: KnownPerson) => void
  /**
   * Opens what is private with the identity key; again is no harm. Answers what the person should know.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY` where the file cannot be read: nothing was changed then
   */
  readonly unlock: (key: { readonly raw: Uint8Array }) => Promise<SettingsNotice | undefined>
  /**
   * Writes what an upgrade left to do, and leaves nothing in plain text that is private. Once it is open, when there is time.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY`
   */
  readonly tidy: () => Promise<SettingsNotice | undefined>
  /** What a copy of earlier settings holds, by its name without `.sealed`; undefined where there is none. */
  readonly readCopy: (name: string) => Promise<Uint8Array | undefined>
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
export async function openSettings (folder: string, now = Date.now): Promise<{ readonly settings: SettingsService, readonly notice?: SettingsNotice }> {
  // Reads beside the look at the folder, as the window waits for both. Where both fail, the folder is what is said.
  const files = new SettingsFiles(folder, now)
  await prepareFolder(folder)
  const { settings, notice } = await files.openPlain()
  return { settings: createSettings(settings, files), ...(notice === undefined ? {} : { notice }) }
}

/** What {@link createSettings} keeps settings in. */
export type SettingsPlace = Pick<SettingsFiles, 'openPrivate' | 'write' | 'tidy' | 'readCopy'>

/**
 * Settings over files; without any they are open and last as long as the
 * process, for a window that can only say why nothing works.
 */
export function createSettings (initial: StoredSettings = DEFAULT_SETTINGS, files?: SettingsPlace): SettingsService {
  const events = new EventEmitter<SettingsEvents>()
  let stored = initial
  let unlocking: Promise<SettingsNotice | undefined> | undefined
  let isOpen = files === undefined
  const unsaved: Unsaved = { plain: false, private: false }
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<unknown> = Promise.resolve()

  function change (next: StoredSettings): void {
    const isOther = (key: keyof StoredSettings): boolean => !isDeepStrictEqual(next[key], stored[key])
    const [plain, secret] = [PLAIN_KEYS.some(isOther), PRIVATE_KEYS.some(isOther)]
    if (!plain && !secret) return
    unsaved.plain ||= plain
    unsaved.private ||= secret
    hold(next)
  }

  function hold (next: StoredSettings): void {
    const before = visibleOf(stored)
    stored = next
    const after = visibleOf(stored)
    if (!isDeepStrictEqual(before, after)) events.emit('settings:change', after)
    timer ??= setTimeout(() => {
      save().catch((error: unknown) => { events.emit('save:fail', error as SettingsError) })
    }, SAVE_DELAY)
  }

  /** One after the other: a write, or a look at what others left. */
  function inTurn<T> (task: () => Promise<T>): Promise<T> {
    const next = writing.then(task)
    writing = next.catch(() => {})
    return next
  }

  async function save (): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    return inTurn(async () => files?.write(() => stored, unsaved))
  }

  async function unlock (place: SettingsPlace, key: { readonly raw: Uint8Array }): Promise<SettingsNotice | undefined> {
    const before = stored
    // In turn: what is being written belongs to the time before.
    const opened = await inTurn(async () => place.openPrivate(sealingKeyOf(key), before))
    isOpen = true
    unsaved.plain ||= opened.unsaved.plain
    unsaved.private ||= opened.unsaved.private
    const plain = Object.fromEntries(PLAIN_KEYS.filter((name) => stored[name] !== before[name]).map((name) => [name, stored[name]]))
    const secret = Object.fromEntries(PRIVATE_KEYS.map((name) => [name, stored[name]]))
    // What was changed before takes nothing away.
    hold({ ...mergeOlder(opened.settings, { ...DEFAULT_SETTINGS, ...secret }), ...plain })
    return opened.notice
  }

  return Object.assign(events, {
    stored: () => stored,
    isOpen: () => isOpen,
    visible: () => visibleOf(stored),
    update: (part: Partial<StoredSettings>) => {
      checkCounts(part)
      change({ ...stored, ...part })
    },
    known: () => stored.known.map(({ record, ...person }) => ({ ...person, record: new Uint8Array(Buffer.from(record, 'base64')) })),
    remember: ({ peerId, record, topics, name }: KnownPerson) => {
      const others = stored.known.filter((person) => person.peerId !== peerId)
      // In the place where it was, unless it is new: the same record again is then no change to write.
      const at = stored.known.findIndex((other) => other.peerId === peerId)
      // A newer record says nothing of the name.
      const called = name ?? stored.known[at]?.name
      const person = { peerId, record: Buffer.from(record).toString('base64'), topics: [...topics], ...(called === undefined ? {} : { name: called }) }
      const known = at === -1 ? [...others, person] : others.toSpliced(at, 0, person)
      change({ ...stored, known: known.slice(-MAX_KNOWN_PEOPLE) })
    },
    unlock: async (key: { readonly raw: Uint8Array }) => {
      if (files === undefined || isOpen) return undefined
      unlocking ??= unlock(files, key)
      return unlocking
    },
    tidy: async () => inTurn(async () => {
      await files?.write(() => stored, unsaved)
      return files?.tidy()
    }),
    readCopy: async (name: string) => files?.readCopy(name),
    flush: save
  })
}

/** What no window shows. */
type Unseen = 'window' | 'toldOfStaying' | 'proxyPassword' | 'relays' | 'relayNames' | 'relayLists' | 'unwantedRelays' | 'subscriptions' | 'known' | 'blocked'

function visibleOf ({ window: _window, toldOfStaying: _told, proxyPassword: _secret, relays: _relays, relayNames: _names, relayLists: _lists, unwantedRelays: _unwanted, subscriptions: _topics, known: _known, blocked: _blocked, ...visible }: StoredSettings): Omit<StoredSettings, Unseen> & Settings {
  return visible
}
