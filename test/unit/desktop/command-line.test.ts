import { describe, expect, it } from 'vitest'
import { readCommandLine } from '../../../main/desktop/command-line/command-line.ts'
import { helpText, OPTIONS } from '../../../main/desktop/command-line/options.ts'
import { restartWords } from '../../../main/desktop/safe-mode/restart-words.ts'

const start = { kind: 'start', profile: undefined, safeMode: false, hidden: false, link: undefined }
const wrong = (message: RegExp): unknown => ({ kind: 'wrong', message: expect.stringMatching(message) as unknown })

describe('a command line', () => {
  it.each([
    [[], start],
    [['.'], start],
    [['--profile', 'ada'], { ...start, profile: 'ada' }],
    [['--profile=ada-2_x'], { ...start, profile: 'ada-2_x' }],
    [['--safe-mode', '--hidden'], { ...start, safeMode: true, hidden: true }],
    [['natter://join#x'], { ...start, link: 'natter://join#x' }],
    [['--hidden', '--', 'natter://join#x'], { ...start, hidden: true, link: 'natter://join#x' }],
    [['--help'], { kind: 'help' }],
    [['-h'], { kind: 'help' }],
    [['--version', '--profile=ada'], { kind: 'version' }]
  ])('%j is read', (words, read) => {
    expect(readCommandLine(words)).toEqual(read)
  })

  it('lets the switches of Chromium, Electron and Node pass', () => {
    const switches = ['--no-sandbox', '--disable-gpu', '--inspect=0', '--remote-debugging-port=0', '--ozone-platform=wayland', '--v=1', '--vmodule=x=2', '--profile-directory=x', '--profiler-timing', '--headless', '--help-all', '-r', 'module.cjs', '-psn_0_1', '--user-data-dir=/tmp/x', '--enable-features=A,B', '--']
    expect(readCommandLine(switches)).toEqual(start)
  })

  it.each(['profil', 'profiles', 'safemode', 'safe_mode', 'hiden', 'versoin', 'hlep', 'user-datadir'])('takes --%s for a slip', (name) => {
    expect(readCommandLine([`--${name}`, 'x'])).toEqual(wrong(/^There is no option --[\w-]+\. Did you mean --(profile|safe-mode|hidden|version|help|user-data-dir)\?$/u))
  })

  it.each([
    [['--profile'], /profile is called by/u],
    [['--profile='], /profile is called by/u],
    [['--profile', '--safe-mode'], /profile is called by/u],
    [['--profile=../x'], /profile is called by/u],
    [['--profile=a b'], /profile is called by/u],
    [['--profile=ä'], /profile is called by/u],
    [['--profile=Con'], /profile is called by/u],
    [['--profile=lpt1'], /profile is called by/u],
    [['--profile=x\n'], /profile is called by/u],
    [[`--profile=${'x'.repeat(33)}`], /profile is called by/u],
    [['--profile=a', '--profile=b'], /given twice/u],
    [['--safe-mode=no'], /takes no value/u],
    // Chromium would read it as no folder, and take the default one.
    [['--user-data-dir', '/tmp/x'], /right behind/u],
    [['--user-data-dir='], /right behind/u]
  ])('%j is refused', (words, message) => {
    expect(readCommandLine(words)).toEqual(wrong(message))
  })
})

describe('a link on the command line', () => {
  it.each([
    [['natter://join#x', '--safe-mode']],
    [['natter://join#x', '--renderer-cmd-prefix=xterm']],
    [['--hidden', 'natter://join#x', '-r', '/tmp/evil.cjs']],
    [['natter://join#x', '--inspect', '--', 'x']]
  ])('with an option behind it is refused: %j', (words) => {
    expect(readCommandLine(words)).toEqual(wrong(/Options come before the link/u))
  })

  it('behind -- never brings an option along', () => {
    expect(readCommandLine(['--', '--safe-mode', 'natter://join#x', '--profile=evil'])).toEqual({ ...start, link: 'natter://join#x' })
  })

  it('is no value of an option', () => {
    expect(readCommandLine(['--profile', 'natter://join#x'])).toEqual(wrong(/profile is called by/u))
  })
})

describe('the help', () => {
  it('names every option', () => {
    const text = helpText('natter')
    for (const { name } of OPTIONS) expect(text).toContain(`  --${name}`)
    expect(text).toContain('Usage: natter [OPTIONS] [--] [LINK]')
  })

  it('fits a terminal', () => {
    for (const line of helpText('natter').split('\n')) expect(line.length).toBeLessThan(130)
  })
})

describe('a restart', () => {
  it('goes into safe mode and out of it, and repeats neither link nor hiding', () => {
    const words = ['--no-sandbox', '/app', '--profile', 'ada', '--hidden', '--', 'natter://join#x']
    expect(restartWords(words, true)).toEqual(['--no-sandbox', '/app', '--profile', 'ada', '--safe-mode'])
    expect(restartWords(['--profile=ada', '--safe-mode'], false)).toEqual(['--profile=ada'])
    expect(restartWords(['--safe-mode'], true)).toEqual(['--safe-mode'])
    expect(restartWords(['--profile=ada', '--', '--gpu-launcher=/tmp/evil'], true)).toEqual(['--profile=ada', '--safe-mode'])
  })
})
