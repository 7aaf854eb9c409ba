import type { PrivateKey } from '@libp2p/interface'
import { basename } from 'node:path'
import { MIN_PASSPHRASE_LENGTH, type Self } from '../../../preload/contract/index.ts'
import { decodeIdentity, encodeIdentity, generateIdentity, peerIdOf } from '../../node/identity.ts'
import { setAside } from '../../settings/files.ts'
import { KeyError } from './errors.ts'
import { readKeyFile, removeUnfinished, writeKeyFile, type KeyFile, type Protected } from './key-file.ts'
import { unwrap, wrap } from './passphrase.ts'
import type { Sealer } from './sealer.ts'

/** How a key is kept. */
export type Protection = Self['protection']

/** The key, open, and how it is kept. */
export interface OpenKey {
  readonly key: PrivateKey
  readonly protection: Protection
}

/** Where the identity key stands at start. */
export type KeyState =
  | ({ readonly kind: 'open' } & OpenKey)
  /** There is no key and no key store: the person must choose. */
  | { readonly kind: 'protect' }
  /** A passphrase is needed. */
  | { readonly kind: 'locked' }
  /** The key is there and cannot be opened now; it was left alone. */
  | { readonly kind: 'failed', readonly message: string }

/** Keeps the identity key. One thing at a time: each guess at a passphrase takes 128 MiB. */
export interface Keys {
  /** Opens the key, or makes one where a key store can keep it. `notice` is for the person. */
  readonly open: () => Promise<{ readonly state: KeyState, readonly notice?: string }>
  /** Makes the first key, where {@link open} answered `protect`. */
  readonly protect: (choice: { readonly kind: 'passphrase', readonly passphrase: string } | { readonly kind: 'none' }) => Promise<OpenKey>
  /** @throws {KeyError} `ERR_WRONG_PASSPHRASE` */
  readonly unlock: (passphrase: string) => Promise<OpenKey>
  /**
   * Wraps the key with another passphrase; `current` is '' where there was none.
   *
   * @throws {KeyError} `ERR_WRONG_PASSPHRASE`, `ERR_WEAK_PASSPHRASE`
   */
  readonly changePassphrase: (current: string, next: string) => Promise<OpenKey>
}

/** What {@link createKeys} stands on. */
export interface KeysDeps {
  /** Absolute path of the key file. */
  readonly path: string
  readonly sealer: Sealer
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
}

/** Keeps the identity key in a file of the data directory. */
export function createKeys ({ path, sealer, now = Date.now }: KeysDeps): Keys {
  let last: Promise<unknown> = Promise.resolve()
  function inTurn<T> (task: () => Promise<T>): Promise<T> {
    const next = last.then(task)
    last = next.catch(() => {})
    return next
  }

  async function store (key: PrivateKey, content: Protected): Promise<OpenKey> {
    await writeKeyFile(path, peerIdOf(key), content)
    return { key, protection: content.protection }
  }

  const seal = async (key: PrivateKey): Promise<Protected> =>
    ({ protection: 'keystore', sealed: Buffer.from(await sealer.seal(encodeIdentity(key))).toString('base64') })

  /** The first key: sealed where that works and has been seen to work, else the person chooses. */
  async function first (): Promise<KeyState> {
    if (!await sealer.isAvailable()) return { kind: 'protect' }
    const key = await generateIdentity()
    let content: Protected
    try {
      content = await seal(key)
      if (content.protection !== 'keystore') return { kind: 'protect' }
      const { secret } = await sealer.open(Buffer.from(content.sealed, 'base64'))
      if (peerIdOf(decodeIdentity(secret)) !== peerIdOf(key)) return { kind: 'protect' }
    } catch {
      return { kind: 'protect' }
    }
    return { kind: 'open', ...await store(key, content) }
  }

  async function openSealed (file: KeyFile & { readonly protection: 'keystore' }): Promise<KeyState> {
    if (!await sealer.isAvailable()) {
      return failed(`The system's key store keeps your identity key, and cannot be reached. Unlock it, or start Natter where it runs, then try again; the key in ${path} was left as it is.`)
    }
    try {
      const { secret, isStale } = await sealer.open(Buffer.from(file.sealed, 'base64'))
      const key = matching(secret, file.peerId)
      return { kind: 'open', ...isStale ? await store(key, await seal(key)) : { key, protection: 'keystore' } }
    } catch (cause) {
      return failed(`The system's key store does not open your identity key. If that key store is gone for good, move ${path} away, and Natter makes a new identity; the file was left as it is.`, cause)
    }
  }

  async function replaceDamaged (): Promise<{ readonly state: KeyState, readonly notice: string }> {
    const aside = basename(await setAside(path, 'damaged', now()))
    return {
      state: await first(),
      notice: `Your identity key was damaged and could not be read. It is kept as ${aside}; Natter makes a new one, so others will see you as somebody new.`
    }
  }

  async function current (): Promise<KeyFile> {
    const read = await readKeyFile(path)
    if (read.kind === 'read') return read.file
    throw new KeyError('ERR_KEY_FILE', `The identity key in ${path} cannot be read any more: start Natter again.`)
  }

  return {
    open: async () => inTurn(async () => {
      // After this one: what a crash left of a write may hold the key as it was kept before.
      void inTurn(async () => removeUnfinished(path))
      const read = await readKeyFile(path)
      if (read.kind === 'absent') return { state: await first() }
      if (read.kind === 'newer') return { state: failed(`Your identity key was written by a newer Natter: update Natter to use it. The file ${path} was left as it is.`) }
      if (read.kind === 'damaged') return replaceDamaged()
      const { file } = read
      if (file.protection === 'passphrase') return { state: { kind: 'locked' } }
      if (file.protection === 'keystore') return { state: await openSealed(file) }
      try {
        return { state: { kind: 'open', key: matching(Buffer.from(file.key, 'base64'), file.peerId), protection: 'none' } }
      } catch {
        return replaceDamaged()
      }
    }),

    protect: async (choice) => inTurn(async () => {
      // Never over a key that is there.
      if ((await readKeyFile(path)).kind !== 'absent') throw new KeyError('ERR_WRONG_MOMENT', 'There is an identity key already: start Natter again to open it.')
      if (choice.kind === 'passphrase') checkStrength(choice.passphrase)
      const key = await generateIdentity()
      const secret = encodeIdentity(key)
      return store(key, choice.kind === 'none'
        ? { protection: 'none', key: Buffer.from(secret).toString('base64') }
        : { protection: 'passphrase', wrapped: await wrap(secret, choice.passphrase) })
    }),

    unlock: async (passphrase) => inTurn(async () => {
      const file = await current()
      if (file.protection !== 'passphrase') throw new KeyError('ERR_WRONG_MOMENT', 'Your identity key has no passphrase: there is nothing to unlock.')
      return { key: matching(await unwrap(file.wrapped, passphrase), file.peerId), protection: 'passphrase' }
    }),

    changePassphrase: async (before, next) => inTurn(async () => {
      checkStrength(next)
      const file = await current()
      const secret = await secretOf(file, before)
      return store(matching(secret, file.peerId), { protection: 'passphrase', wrapped: await wrap(secret, next) })
    })
  }

  async function secretOf (file: KeyFile, passphrase: string): Promise<Uint8Array> {
    if (file.protection === 'passphrase') return unwrap(file.wrapped, passphrase)
    if (file.protection === 'none') return new Uint8Array(Buffer.from(file.key, 'base64'))
    try {
      return (await sealer.open(Buffer.from(file.sealed, 'base64'))).secret
    } catch (cause) {
      throw new KeyError('ERR_KEY_STORE', 'The system\'s key store does not open your identity key at the moment: unlock it and try again.', { cause })
    }
  }
}

function matching (secret: Uint8Array, peerId: string): PrivateKey {
  const key = decodeIdentity(secret)
  if (peerIdOf(key) !== peerId) throw new KeyError('ERR_KEY_FILE', 'The identity key does not belong to the peer id beside it: the key file was changed.')
  return key
}

function checkStrength (passphrase: string): void {
  if ([...passphrase].length < MIN_PASSPHRASE_LENGTH) {
    throw new KeyError('ERR_WEAK_PASSPHRASE', `This passphrase is too short: it needs ${MIN_PASSPHRASE_LENGTH} characters or more. Three or four words that do not belong together are easy to keep in mind.`)
  }
}

function failed (message: string, cause?: unknown): KeyState {
  // The library's own words stay in the terminal; they hold no secret.
  if (cause instanceof Error) console.error(`natter: ${cause.name} while opening the identity key`)
  return { kind: 'failed', message }
}
