import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readCopy, sealCopies } from './copies.ts'
import { SettingsError } from './errors.ts'
import { setAside, writeWhole } from './files.ts'
import { mergeOlder } from './merge.ts'
import { DEFAULT_PLAIN, DEFAULT_PRIVATE, oldText, plainText, privateText, readPlainFile, readPrivateText, type PlainSettings, type PrivateSettings, type StoredSettings } from './schema.ts'
import { seal, unseal, type SealingKey } from './sealed.ts'
import { copiesSealed, plainAside, privateAside, privateGone, usedByOlder, type SettingsNotice } from './words.ts'

/** Which of the two files have to be written. */
export interface Unsaved { plain: boolean, private: boolean }

/** What opening the sealed file brought. */
export interface OpenedPrivate {
  readonly settings: StoredSettings
  readonly unsaved: Unsaved
  readonly notice: SettingsNotice | undefined
}

interface OldFile { readonly text: string, readonly private: PrivateSettings }

/**
 * The files of settings in a data directory: `settings.json` in plain text, and
 * `settings.sealed` with all that is private. Keeps the order in which they may
 * be written: a plain file of an older version goes once what was private in it
 * is sealed and on the disk.
 */
export class SettingsFiles {
  readonly #folder: string
  readonly #now: () => number
  readonly #plainFile: string
  readonly #sealedFile: string
  /** Read beside everything else at the start; undefined: there is none. */
  readonly #sealed: Promise<Buffer | undefined>
  #key: SealingKey | undefined
  #hasPrivate = false
  /** The plain file on the disk is of version 1. */
  #old: OldFile | undefined
  #migratedFrom: string | undefined
  /** The copy that this run made, of which the person was told. */
  #aside: string | undefined

  constructor (folder: string, now: () => number) {
    this.#folder = folder
    this.#now = now
    this.#plainFile = join(folder, 'settings.json')
    this.#sealedFile = join(folder, 'settings.sealed')
    this.#sealed = read(this.#sealedFile)
    this.#sealed.catch(() => { /* Awaited in openPrivate. */ })
  }

  /**
   * Reads the plain file; one that cannot be used is set aside.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY`
   */
  async openPlain (): Promise<{ readonly settings: StoredSettings, readonly notice?: SettingsNotice }> {
    const text = (await read(this.#plainFile))?.toString('utf8')
    const found = text === undefined ? undefined : readPlainFile(text)
    switch (found?.kind) {
      case undefined:
        return { settings: { ...DEFAULT_PLAIN, ...DEFAULT_PRIVATE } }
      case 'read':
        this.#hasPrivate = found.hasPrivate
        return { settings: { ...found.plain, ...DEFAULT_PRIVATE } }
      case 'old':
        this.#old = { text: text ?? '', private: found.private }
        return { settings: { ...found.plain, ...DEFAULT_PRIVATE } }
      case 'damaged':
      case 'newer': {
        const aside = basename(await setAside(this.#plainFile, found.kind, this.#now()))
        this.#aside = aside
        const isAlone = await this.#sealed.then((sealed) => sealed === undefined, () => false)
        return { settings: { ...DEFAULT_PLAIN, ...DEFAULT_PRIVATE }, notice: plainAside(found.kind, aside, isAlone) }
      }
    }
  }

  /**
   * Opens the sealed file and brings it together with what an older version
   * left in plain text. Writes nothing but the new name of a file that cannot be used.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY`
   */
  async openPrivate (key: SealingKey, plain: PlainSettings): Promise<OpenedPrivate> {
    const sealed = await this.#sealed
    this.#key = key
    const opened = sealed === undefined ? undefined : readSealed(key, sealed)
    if (opened !== undefined && opened.kind !== 'read') {
      const aside = basename(await setAside(this.#sealedFile, opened.kind, this.#now()))
      return this.#withoutSealed(plain, privateAside(opened.kind, aside))
    }
    if (opened === undefined) return this.#withoutSealed(plain, this.#hasPrivate && this.#old === undefined ? privateGone : undefined)
    this.#hasPrivate = true
    const settings = { ...plain, ...opened.private }
    if (this.#old === undefined) return { settings, unsaved: { plain: false, private: false }, notice: undefined }
    const merged = mergeOlder({ ...await this.#plainBefore(), ...opened.private }, { ...plain, ...this.#old.private })
    // A crash came between the two files: the sealed one has all that is private in the other.
    if (opened.migratedFrom === hashOf(this.#old.text)) return { settings: { ...merged, ...opened.private }, unsaved: { plain: true, private: false }, notice: undefined }
    this.#migratedFrom = hashOf(this.#old.text)
    return { settings: merged, unsaved: { plain: true, private: true }, notice: usedByOlder }
  }

  #withoutSealed (plain: PlainSettings, notice: SettingsNotice | undefined): OpenedPrivate {
    const old = this.#old
    if (old === undefined) return { settings: { ...plain, ...DEFAULT_PRIVATE }, unsaved: { plain: false, private: notice !== undefined }, notice }
    this.#migratedFrom = hashOf(old.text)
    return { settings: { ...plain, ...old.private }, unsaved: { plain: true, private: true }, notice }
  }

  /** What our plain file said before an older version set it aside and began from its defaults. */
  async #plainBefore (): Promise<PlainSettings> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith('settings.json.newer-')).sort()
    for (const name of names.reverse()) {
      const found = readPlainFile((await read(join(this.#folder, name)))?.toString('utf8') ?? '')
      if (found.kind === 'read') return found.plain
    }
    return DEFAULT_PLAIN
  }

  /**
   * Writes what `unsaved` names, first what is private. What was written is no
   * longer named; changes that are made meanwhile are.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY`
   */
  async write (stored: () => StoredSettings, unsaved: Unsaved): Promise<void> {
    if (unsaved.private && this.#key !== undefined) {
      const key = this.#key
      await mark(unsaved, 'private', async () => writeWhole(this.#sealedFile, seal(key, Buffer.from(privateText(stored(), this.#migratedFrom)))))
      if (!this.#hasPrivate) unsaved.plain = true
      this.#hasPrivate = true
    }
    if (!unsaved.plain) return
    const old = this.#key === undefined ? this.#old : undefined
    // Before the key is open, what is private stays where it is.
    const text = old === undefined ? plainText(stored(), this.#hasPrivate) : oldText({ ...stored(), ...old.private })
    await mark(unsaved, 'plain', async () => writeWhole(this.#plainFile, text))
    this.#old = old === undefined ? undefined : { ...old, text }
    this.#migratedFrom = undefined
  }

  /**
   * Seals copies of earlier settings and removes what unfinished writes left. Once the key is open, and while nothing is written.
   *
   * @throws {SettingsError} `ERR_DATA_DIRECTORY`
   */
  async tidy (): Promise<SettingsNotice | undefined> {
    if (this.#key === undefined || this.#old !== undefined) return undefined
    const sealed = (await sealCopies(this.#folder, this.#key)).filter((name) => name !== this.#aside)
    return sealed.length === 0 ? undefined : copiesSealed(sealed)
  }

  /** What a plain copy of earlier settings holds, also where it was sealed since; undefined where there is none of this name. */
  async readCopy (name: string): Promise<Uint8Array | undefined> {
    return readCopy(this.#folder, name, this.#key)
  }
}

type ReadSealed = ReturnType<typeof readPrivateText> | { readonly kind: 'other-key' }

/** Opens a sealed file of settings and reads what is in it. Never throws. */
export function readSealed (key: SealingKey, sealed: Buffer): ReadSealed {
  const opened = unseal(key, sealed)
  return opened.kind === 'open' ? readPrivateText(opened.content.toString('utf8')) : opened
}

async function read (file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new SettingsError('ERR_DATA_DIRECTORY', `Natter cannot read ${file}: see who may read it, or start Natter with --user-data-dir and another folder.`, { cause: error })
  }
}

/** Counts as written while it is being written, so that changes meanwhile are not missed; a failure takes that back. */
async function mark (unsaved: Unsaved, which: keyof Unsaved, write: () => Promise<void>): Promise<void> {
  unsaved[which] = false
  try {
    await write()
  } catch (error) {
    unsaved[which] = true
    throw error
  }
}

function hashOf (text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
