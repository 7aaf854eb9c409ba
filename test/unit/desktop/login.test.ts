import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAutostart, type StartAtLogin } from '../../../main/desktop/login/autostart.ts'
import { readEntry, writeEntry } from '../../../main/desktop/login/desktop-entry.ts'

const entry = (exec: readonly string[]): string => writeEntry({ name: 'Natter', comment: 'Comment', icon: 'natter', exec })

describe('desktop entries', () => {
  it('quotes as the specification says', () => {
    expect(entry(['/opt/Natter/natter', '--profile=work', '--hidden'])).toContain('\nExec=/opt/Natter/natter --profile=work --hidden\n')
    expect(entry(['/home/a b/"$x"\\`%u`'])).toContain('\nExec="/home/a b/\\\\"\\\\$x\\\\"\\\\\\\\\\\\`%%u\\\\`"\n')
    expect(() => entry(['/a\nExec=evil'])).toThrow(RangeError)
  })

  it('reads back whatever it wrote', () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[\n\r\0]/u.test(text))
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (exec) => { expect(readEntry(entry(exec))).toEqual(exec) }), { numRuns: 2_000 })
  })

  it('starts nothing where the person or a desktop switched it off', () => {
    const text = entry(['/bin/true'])
    expect(readEntry(text)).toEqual(['/bin/true'])
    expect(readEntry(text.replace('enabled=true', 'enabled=false'))).toBeUndefined()
    expect(readEntry(`${text}Hidden=true\n`)).toBeUndefined()
    expect(readEntry('[Desktop Action x]\nExec=/bin/true\n')).toBeUndefined()
    expect(readEntry('')).toBeUndefined()
  })
})

describe('start at login', () => {
  let folder: string
  let program: string
  let login: StartAtLogin
  const file = (): string => join(folder, 'autostart/natter.desktop')
  const createLogin = (args: readonly string[]): StartAtLogin => createAutostart(file(), { name: 'Natter', comment: '', icon: 'natter', exec: [program, ...args] })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'natter-login-'))
    program = join(folder, 'natter')
    writeFileSync(program, '')
    chmodSync(program, 0o755)
    login = createLogin(['--hidden'])
  })
  afterEach(() => { rmSync(folder, { recursive: true }) })

  it('is on after it was switched on, and leaves no file after it was switched off', async () => {
    expect(await login.isOn()).toBe(false)
    await login.set(true)
    expect(await login.isOn()).toBe(true)
    await login.set(false)
    await login.set(false)
    expect(await login.isOn()).toBe(false)
    expect(() => readFileSync(file())).toThrow('ENOENT')
  })

  it('believes the file alone: what a desktop switched off is off, and what starts something else too', async () => {
    await login.set(true)
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('enabled=true', 'enabled=false'))
    expect(await login.isOn()).toBe(false)
    await login.set(true)
    expect(await createLogin(['--profile=work', '--hidden']).isOn()).toBe(false)
    rmSync(program)
    expect(await login.isOn()).toBe(false)
  })
})
