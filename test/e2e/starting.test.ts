import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { environmentFor, findElectron } from '../../resources/tools/electron.mjs'
import { root } from '../../resources/tools/paths.mjs'
import { makeProfile } from './support/profile.ts'

let scratch: string
let folder: string
let child: ChildProcess | undefined
let gone: Promise<unknown>
let output: string
beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'natter-starting-'))
  folder = join(scratch, 'data')
  await makeProfile(folder, { name: 'Ada', topics: [] })
})
afterEach(async () => {
  child?.kill('SIGTERM')
  await gone
  rmSync(scratch, { recursive: true, force: true })
})

/** Starts the app with nothing that steers it. @param before runs in its main process before its own code */
async function start (before = '', ...args: string[]): Promise<ChildProcess> {
  const runtime = await findElectron()
  const hook = join(scratch, 'before.cjs')
  writeFileSync(hook, before)
  const app = spawn(runtime.binary, ['-r', hook, root, ...process.getuid?.() === 0 ? ['--no-sandbox'] : [], '--disable-gpu', `--user-data-dir=${folder}`, ...args], {
    env: { ...process.env, ...environmentFor(runtime) }
  })
  output = ''
  for (const stream of [app.stdout, app.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
  gone = new Promise((resolve) => { app.once('exit', (code, signal) => { resolve(signal ?? code) }) })
  child = app
  return app
}

const logged = (): string => existsSync(join(folder, 'logs', 'natter.log')) ? readFileSync(join(folder, 'logs', 'natter.log'), 'utf8') : ''
const reports = (): string[] => readdirSync(join(folder, 'crashes')).filter((name) => name.endsWith('.txt')).map((name) => readFileSync(join(folder, 'crashes', name), 'utf8'))
const untilStarted = async (): Promise<void> => { await expect.poll(logged).toContain('the start is done') }

describe('the app starts', () => {
  it('where no report of a crash can be kept', async () => {
    writeFileSync(join(folder, 'crashes'), 'a file where the folder should be')
    await start()
    await untilStarted()
  })

  it('where an old report cannot be deleted', async () => {
    mkdirSync(join(folder, 'crashes', 'crash-20200101T000000000Z-main.txt'), { recursive: true })
    const app = await start()
    await untilStarted()
    app.kill('SIGTERM')
    expect(await gone).toBe(0)
  })

  it('where the log cannot be written', async () => {
    mkdirSync(join(folder, 'logs', 'natter.log'), { recursive: true })
    const app = await start("process.once('SIGUSR2', () => { console.error('natter: still there') })")
    await expect.poll(() => readdirSync(folder)).toContain('posts.db')
    app.kill('SIGUSR2')
    await expect.poll(() => output).toContain('still there')
    app.kill('SIGTERM')
    expect(await gone).toBe(0)
  })
})

it.runIf(process.platform !== 'win32')('the app goes on when nobody reads its terminal any more', async () => {
  const app = await start("process.on('SIGUSR2', () => { console.error('natter: said into nothing') })")
  await untilStarted()
  app.stdout?.destroy()
  app.stderr?.destroy()
  for (const times of [1, 2, 3]) {
    app.kill('SIGUSR2')
    await expect.poll(() => logged().match(/said into nothing/gu)?.length).toBe(times)
  }
  expect(reports()).toEqual([])
  app.kill('SIGTERM')
  expect(await gone).toBe(0)
})

/** Makes a part that the start needs fail to load, with something in its message that nobody should read. */
const broken = `
const { _load } = require('node:module')
require('node:module')._load = function (name, ...rest) {
  if (name.includes('services')) throw new RangeError('nobody reads this')
  const found = _load.call(this, name, ...rest)
  if (name === 'electron') found.dialog.showErrorBox = (title, text) => { console.log(title + ': ' + text) }
  return found
}`

/** Has the store's worker load, in the place of SQLite, what takes until a second after the app is ready; files tell of both. */
function slowStore (): string {
  const driver = join(scratch, 'slow.cjs')
  writeFileSync(driver, `
const { existsSync, writeFileSync } = require('node:fs')
const wait = (time) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time)
while (!existsSync(__dirname + '/ready')) wait(50)
wait(1000)
writeFileSync(__dirname + '/loaded', '')`)
  return `
const { _resolveFilename } = require('node:module')
require('node:module')._resolveFilename = (name, ...rest) => name === 'better-sqlite3-multiple-ciphers' ? ${JSON.stringify(driver)} : _resolveFilename(name, ...rest)
require('electron').app.whenReady().then(() => { require('node:fs').writeFileSync(${JSON.stringify(join(scratch, 'ready'))}, '') })`
}
const left = (name: string): boolean => existsSync(join(scratch, name))

describe('an end while SQLite is being loaded waits for it, or Node.js would abort the process', () => {
  it('where the start fails', async () => {
    await start(slowStore() + broken, '--hidden')
    expect(await gone).toBe(1)
    expect(left('loaded')).toBe(true)
  })

  it('where somebody quits at once', async () => {
    const app = await start(slowStore())
    await expect.poll(() => left('ready')).toBe(true)
    app.kill('SIGTERM')
    expect(await gone).toBe(0)
    expect(left('loaded')).toBe(true)
  })
})

describe('a start that fails', () => {
  it('says so to the person, and leaves a report', async () => {
    await start(broken)
    expect(await gone).toBe(1)
    expect(output).toContain(`Natter did not start: This is a fault of the program, or its files are incomplete: install it again. Your posts and your key stay as they are. A report is in ${join(folder, 'crashes')}.`)
    const [report = ''] = reports()
    expect(report).toMatch(/^the main process ended at 20.*\n\nIt did not start\.\nRangeError\n(?: {2}at .*\n)*\nNatter /u)
    expect(report).not.toContain('nobody reads this')
  })

  it('asks nobody for a click after a login', async () => {
    await start(broken, '--hidden')
    expect(await gone).toBe(1)
    expect(output).not.toContain('Natter did not start: ')
    expect(reports()).toHaveLength(1)
  })
})
