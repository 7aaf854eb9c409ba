import { spawn } from 'node:child_process'
import { cpSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findElectron } from '../../resources/tools/electron.mjs'
import { readJson, root } from '../../resources/tools/paths.mjs'

// What the program says in a terminal: without a display, and before anything is written.

const { version } = readJson(join(root, 'package.json')) as { readonly version: string }
let folder: string
let binary: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'natter-words-'))
  binary = (await findElectron()).binary
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

interface Said { readonly code: number | null, readonly out: string, readonly err: string }

async function say (program: string, words: readonly string[]): Promise<Said> {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env
  const child = spawn(program, words, { env: { ...rest, XDG_CONFIG_HOME: join(folder, 'config') }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { out += chunk })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { err += chunk })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => { resolve({ code, out, err }) })
  })
}

const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const fromCheckout = async (...words: string[]): Promise<Said> => say(binary, [...sandbox, root, ...words])

/** The app as a package has it: an executable of another name, with the app beside it and not on the command line. */
function packed (): string {
  const place = join(folder, 'packed')
  const from = join(binary, '..')
  mkdirSync(join(place, 'resources', 'app'), { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile()) linkOrCopy(join(from, entry.name), join(place, entry.name === 'electron' ? 'natter' : entry.name))
    else if (entry.name !== 'resources') symlinkSync(join(from, entry.name), join(place, entry.name))
  }
  cpSync(join(root, 'package.json'), join(place, 'resources/app/package.json'))
  symlinkSync(join(root, 'dist'), join(place, 'resources/app/dist'))
  return join(place, 'natter')
}

function linkOrCopy (from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    cpSync(from, to)
  }
}

describe.runIf(process.platform === 'linux')('the command line', () => {
  it('says version and help without a display and without touching a folder, from a checkout', async () => {
    expect(await fromCheckout('--version')).toMatchObject({ code: 0, out: `Natter ${version}\n` })
    const help = await fromCheckout('--help')
    expect(help).toMatchObject({ code: 0 })
    expect(help.out).toMatch(/^Usage: npm start -- \[OPTIONS\] \[--\] \[LINK\]\n/u)
    expect(readdirSync(folder)).toEqual([])
  })

  it('does so too when it is packed', async () => {
    const program = packed()
    expect(await say(program, [...sandbox, '--version'])).toMatchObject({ code: 0, out: `Natter ${version}\n` })
    expect((await say(program, [...sandbox, '--help'])).out).toMatch(/^Usage: natter \[OPTIONS\] \[--\] \[LINK\]\n/u)
    expect(await say(program, [...sandbox, '--profile=../other'])).toMatchObject({ code: 2, out: '' })
    expect(readdirSync(folder)).toEqual(['packed'])
  })

  it.each([
    [['--profil', 'ada'], 'There is no option --profil. Did you mean --profile?'],
    [['--profile=a/b'], 'A profile is called by 1 to 32 letters, digits, - and _, and not like a device of Windows: --profile=NAME.'],
    [['--user-data-dir', '/tmp/x'], 'Write the folder right behind the option: --user-data-dir=FOLDER.'],
    // What a link brings along is not done: CVE-2018-1000006 was this.
    [['natter://join#x', '--safe-mode'], 'Options come before the link. Natter did not start, since the link may have brought them.'],
    [['natter://join#x', '--renderer-cmd-prefix=/tmp/evil'], 'Options come before the link. Natter did not start, since the link may have brought them.']
  ])('refuses %j with a sentence', async (words, sentence) => {
    const { code, out, err } = await fromCheckout(...words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(`natter: ${sentence} --help shows what there is.\n`)
    expect(readdirSync(folder)).not.toContain('config')
  })
})
