import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKeys, type Keys } from '../../../main/desktop/keys/keys.ts'
import { createSealer, type SafeStorageLike, type Sealer } from '../../../main/desktop/keys/sealer.ts'
import { peerIdOf } from '../../../main/node/identity.ts'

// A guess takes 0.4 s of a free core by design, and some tests make four on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

let folder: string
let path: string
const at = Date.UTC(2026, 10, 22, 10, 15)
const good = 'correct horse'

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natter-keys-'))
  path = join(folder, 'identity.json')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

/** A key store that turns bytes round; `broken` ones throw. */
function makeSealer (state: { available: boolean, broken?: boolean, stale?: boolean }): Sealer {
  const turn = async (bytes: Uint8Array): Promise<Uint8Array> => {
    if (state.broken === true) throw new Error('key store says no')
    return bytes.map((byte) => byte ^ 0xFF)
  }
  return { isAvailable: async () => state.available, seal: turn, open: async (bytes) => ({ secret: await turn(bytes), isStale: state.stale === true }) }
}
const open = (available = false, more = {}): Keys => createKeys({ path, sealer: makeSealer({ available, ...more }), now: () => at })
const content = async (): Promise<Record<string, unknown>> => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
const opened = async (keys: Keys): Promise<string> => {
  const { state } = await keys.open()
  return state.kind === 'open' ? peerIdOf(state.key) : state.kind
}

describe('a key with a key store', () => {
  it('is made, sealed, and the same at the next start', async () => {
    const peerId = await opened(open(true))
    expect(peerId).toMatch(/^12D3/u)
    expect(await content()).toMatchObject({ version: 1, protection: 'keystore', peerId })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await opened(open(true))).toBe(peerId)
  })

  it('is sealed anew when the key store asks for it', async () => {
    const peerId = await opened(open(true))
    const { mtimeMs } = await stat(path)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await opened(open(true, { stale: true }))).toBe(peerId)
    expect((await stat(path)).mtimeMs).toBeGreaterThan(mtimeMs)
  })

  it('stays untouched while the key store is out of reach, or says no', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined)
    await opened(open(true))
    const before = await readFile(path, 'utf8')
    expect((await open(false).open()).state).toMatchObject({ kind: 'failed', message: expect.stringMatching(/cannot be reached.*left as it is/u) as string })
    expect((await open(true, { broken: true }).open()).state).toMatchObject({ kind: 'failed', message: expect.stringMatching(/does not open.*left as it is/u) as string })
    expect(await readFile(path, 'utf8')).toBe(before)
    expect(await readdir(folder)).toEqual(['identity.json'])
  })

  it('can be put under a passphrase', async () => {
    const keys = open(true)
    const peerId = await opened(keys)
    await expect(keys.changePassphrase('', good)).resolves.toMatchObject({ protection: 'passphrase' })
    expect(await opened(open(true))).toBe('locked')
    expect(peerIdOf((await open(true).unlock(good)).key)).toBe(peerId)
  })

  it('is the person\'s to protect when sealing fails', async () => {
    expect(await opened(open(true, { broken: true }))).toBe('protect')
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a key without a key store', () => {
  it('is not made before the person chose', async () => {
    expect(await opened(open())).toBe('protect')
    expect(await readdir(folder)).toEqual([])
  })

  it('is wrapped by a passphrase that opens it, and no other does', async () => {
    const keys = open()
    const { key, protection } = await keys.protect({ kind: 'passphrase', passphrase: good })
    expect(protection).toBe('passphrase')
    expect(await content()).toMatchObject({ protection: 'passphrase', wrapped: { kdf: 'scrypt', N: 131_072, r: 8, p: 1, cipher: 'aes-256-gcm' } })
    expect(await opened(open())).toBe('locked')
    await expect(open().unlock('Correct horse')).rejects.toMatchObject({ name: 'KeyError', code: 'ERR_WRONG_PASSPHRASE' })
    expect(peerIdOf((await open().unlock(good)).key)).toBe(peerIdOf(key))
  })

  it('leaves the main thread free while the passphrase is worked on', async () => {
    const keys = open()
    const working = keys.protect({ kind: 'passphrase', passphrase: good })
    // Worked on in this thread, it would let none of these through.
    let ticks = 0
    const timer = setInterval(() => { ticks++ }, 5)
    await working
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(10)
  })

  it('goes without, chosen in words, and can be protected later', async () => {
    const keys = open()
    const { key } = await keys.protect({ kind: 'none' })
    expect(await opened(open())).toBe(peerIdOf(key))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await keys.changePassphrase('', good)
    expect(JSON.stringify(await content())).not.toContain('"key"')
    await expect(keys.changePassphrase('wrong one', 'another good one')).rejects.toMatchObject({ code: 'ERR_WRONG_PASSPHRASE' })
    await keys.changePassphrase(good, 'another good one')
    expect(peerIdOf((await open().unlock('another good one')).key)).toBe(peerIdOf(key))
  })

  it('refuses short passphrases, and a second key over the first', async () => {
    await expect(open().protect({ kind: 'passphrase', passphrase: 'short' })).rejects.toMatchObject({ code: 'ERR_WEAK_PASSPHRASE', message: expect.stringMatching(/8 characters or more/u) as string })
    await open().protect({ kind: 'none' })
    await expect(open().changePassphrase('', '1234567')).rejects.toMatchObject({ code: 'ERR_WEAK_PASSPHRASE' })
    await expect(open().protect({ kind: 'none' })).rejects.toMatchObject({ code: 'ERR_WRONG_MOMENT' })
    await expect(open().unlock(good)).rejects.toMatchObject({ code: 'ERR_WRONG_MOMENT' })
  })

  it('opens with the same letters typed another way', async () => {
    await open().protect({ kind: 'passphrase', passphrase: 'caf\u00E9 and more' })
    await expect(open().unlock('cafe\u0301 and more')).resolves.toBeDefined()
  })
})

describe('a key file', () => {
  const broken = async (text: string): Promise<void> => {
    await writeFile(path, text)
    const { state, notice } = await open(true).open()
    expect(state.kind).toBe('open')
    expect(notice).toMatch(/damaged.*kept as identity\.json\.damaged-20261122T101500Z/u)
    expect(await readFile(`${path}.damaged-20261122T101500Z`, 'utf8')).toBe(text)
  }

  it('is left alone by what a crash left of an earlier write, which goes', async () => {
    const keys = open()
    await keys.protect({ kind: 'none' })
    await writeFile(`${path}.3817294417`, await readFile(path))
    await writeFile(`${path}.backup`, await readFile(path))
    expect(await opened(keys)).toMatch(/^12D3/)
    await keys.changePassphrase('', good)
    expect((await readdir(folder)).sort()).toEqual(['identity.json', 'identity.json.backup'])
  })

  it('that is cut is set aside, never overwritten, and the person is told', async () => {
    await open().protect({ kind: 'none' })
    await broken((await readFile(path, 'utf8')).slice(0, 60))
  })

  it.each([
    ['empty', ''],
    ['of a wrong shape', '{"version":1,"protection":"none"}'],
    ['with a wrong key', '{"version":1,"peerId":"12D3","protection":"none","key":"AAAA"}']
  ])('that is %s is set aside too', async (_name, text) => { await broken(text) })

  it.each([['N', 2 ** 25], ['N', 2], ['N', 100_000], ['r', 10_000], ['p', 1_000]])('that asks for %s = %i is not obeyed', async (name, value) => {
    await open().protect({ kind: 'passphrase', passphrase: good })
    const file = await content()
    await broken(JSON.stringify({ ...file, wrapped: { ...file['wrapped'] as object, [name]: value } }))
  })

  it('from a newer version is left alone', async () => {
    await writeFile(path, '{"version":2}')
    expect((await open(true).open()).state).toMatchObject({ kind: 'failed', message: expect.stringMatching(/newer Natter/u) as string })
    expect(await readFile(path, 'utf8')).toBe('{"version":2}')
  })

  it('whose key is another peer\'s is refused', async () => {
    await open().protect({ kind: 'passphrase', passphrase: good })
    await writeFile(path, JSON.stringify({ ...await content(), peerId: '12D3other' }))
    await expect(open().unlock(good)).rejects.toMatchObject({ code: 'ERR_KEY_FILE' })
  })
})

describe('Electron\'s safeStorage', () => {
  const storage = (more: Partial<SafeStorageLike>): SafeStorageLike => ({
    isEncryptionAvailable: () => true, encryptString: (text) => Buffer.from(`s:${text}`), decryptString: (bytes) => bytes.toString().slice(2), ...more
  })
  const available = async (more: Partial<SafeStorageLike>): Promise<boolean> => createSealer(storage(more)).isAvailable()

  it('counts as none when its password is public, or it fails', async () => {
    expect(await available({})).toBe(true)
    expect(await available({ getSelectedStorageBackend: () => 'gnome_libsecret' })).toBe(true)
    expect(await available({ getSelectedStorageBackend: () => 'basic_text' })).toBe(false)
    expect(await available({ getSelectedStorageBackend: () => 'unknown' })).toBe(false)
    expect(await available({ isEncryptionAvailable: () => false })).toBe(false)
    expect(await available({ isAsyncEncryptionAvailable: async () => false })).toBe(false)
    expect(await available({ isEncryptionAvailable: () => { throw new Error('no') } })).toBe(false)
  })

  it('is used without blocking where it can be', async () => {
    const secret = new Uint8Array([1, 2, 3])
    const old = createSealer(storage({}))
    expect(await old.open(await old.seal(secret))).toEqual({ secret, isStale: false })
    const fresh = createSealer(storage({
      encryptString: () => { throw new Error('deprecated') },
      decryptString: () => { throw new Error('deprecated') },
      encryptStringAsync: async (text) => Buffer.from(`a:${text}`),
      decryptStringAsync: async (bytes) => ({ result: bytes.toString().slice(2), shouldReEncrypt: true })
    }))
    expect(await fresh.open(await fresh.seal(secret))).toEqual({ secret, isStale: true })
  })
})
