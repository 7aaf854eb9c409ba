import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetSessionStorage, mendOwnFiles } from '../../../main/desktop/own-files.ts'
import { writeWhole } from '../../../main/settings/files.ts'
import { mendModes } from '../../../main/settings/own-modes.ts'
import { createLocalStore } from '../../support/store.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'natter-modes-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

const mode = (...parts: readonly string[]): number => statSync(join(folder, ...parts)).mode & 0o777
function put (name: string, bits: number): void {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), 'x')
  chmodSync(join(folder, name), bits)
}

describe.runIf(process.platform !== 'win32')('files of ours', () => {
  it('of an earlier version, or a backup, are taken away from others; those of Chromium stay as they are', async () => {
    const ours = [
      'identity.json', 'identity.json.damaged-20261122T101500Z', 'settings.json', 'settings.sealed', 'settings.json.damaged-20261122T101500Z.sealed',
      'posts.db', 'posts.db-wal', 'posts.db-damaged', 'posts-damaged-20261122T101500Z.db', 'update-number', 'logs/natter.log', 'logs/natter.1.log', 'crashes/told', 'crashes/crash-1.txt'
    ]
    const theirs = ['Preferences', 'Local State', 'Cookies', 'Code Cache/js/index']
    for (const name of [...ours, ...theirs]) put(name, 0o644)
    for (const name of ['', 'logs', 'crashes']) chmodSync(join(folder, name), 0o755)
    await mendOwnFiles({ data: folder, logs: join(folder, 'logs'), crashes: join(folder, 'crashes') })
    expect(ours.map((name) => [name, mode(name)])).toEqual(ours.map((name) => [name, 0o600]))
    expect(theirs.map((name) => mode(name))).toEqual(theirs.map(() => 0o644))
    expect(['', 'logs', 'crashes'].map((name) => mode(name))).toEqual([0o700, 0o700, 0o700])
  })

  it('lose bits and gain none, and nothing behind a link changes', async () => {
    put('read-only', 0o444)
    put('elsewhere/secret', 0o644)
    symlinkSync(join(folder, 'elsewhere', 'secret'), join(folder, 'link'))
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'folder'))
    chmodSync(join(folder, 'elsewhere'), 0o755)
    await mendModes(folder)
    await mendModes(join(folder, 'folder'), () => false)
    expect([mode('read-only'), mode('elsewhere', 'secret'), mode('elsewhere')]).toEqual([0o400, 0o644, 0o755])
    await mendModes(join(folder, 'nothing'))
  })

  it('are made so: the database, what lies beside it, and what is set aside', async () => {
    const before = process.umask(0o022)
    try {
      const store = createLocalStore({ path: join(folder, 'posts.db'), key: new Uint8Array(32) })
      expect([mode('posts.db'), mode('posts.db-wal')]).toEqual([0o600, 0o600])
      await store.close()
      writeFileSync(join(folder, 'other.db'), '')
      chmodSync(join(folder, 'other.db'), 0o600)
      const empty = createLocalStore({ path: join(folder, 'other.db'), key: new Uint8Array(32) })
      expect([mode('other.db'), mode('other.db-wal')]).toEqual([0o600, 0o600])
      await empty.close()
    } finally {
      process.umask(before)
    }
  })
})

it('what a page of an earlier version kept in session storage is gone, and it is no harm where there is none', () => {
  put('Session Storage/000003.log', 0o600)
  put('Local Storage/leveldb/CURRENT', 0o600)
  forgetSessionStorage({ data: folder })
  forgetSessionStorage({ data: folder })
  expect(() => mode('Session Storage')).toThrow()
  expect(mode('Local Storage/leveldb/CURRENT')).toBe(0o600)
})

describe('writing a file whole', () => {
  it('leaves nobody listening for signals: whoever did before would not hear them any more', async () => {
    const before = ['SIGTERM', 'SIGINT', 'SIGHUP', 'exit'].map((signal) => process.listenerCount(signal))
    const during = new Set<string>()
    process.on('newListener', (event: string | symbol) => { during.add(String(event)) })
    await writeWhole(join(folder, 'one'), 'content')
    expect([...during].filter((event) => event.startsWith('SIG'))).toEqual([])
    expect(['SIGTERM', 'SIGINT', 'SIGHUP', 'exit'].map((signal) => process.listenerCount(signal))).toEqual(before)
    process.removeAllListeners('newListener')
  })

  it('replaces what was there, through a link too, and leaves nothing of a failure', async () => {
    put('real', 0o644)
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    await writeWhole(join(folder, 'link'), 'content')
    expect([readFileSync(join(folder, 'real'), 'utf8'), lstatSync(join(folder, 'link')).isSymbolicLink(), mode('real')]).toEqual(['content', true, 0o600])
    mkdirSync(join(folder, 'in-the-way', 'full'), { recursive: true })
    await expect(writeWhole(join(folder, 'in-the-way'), 'content')).rejects.toMatchObject({ code: 'ERR_DATA_DIRECTORY' })
    expect(readdirSync(folder).sort()).toEqual(['in-the-way', 'link', 'real'])
    await writeWhole(join(folder, 'for-all'), 'content', 0o644)
    expect(mode('for-all')).toBe(0o644)
  })
})
