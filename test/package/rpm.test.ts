import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openNetwork } from './support/network.ts'
import { APP_ID, INSTALLED, PROGRAM, packageOf } from './support/packages.ts'
import { startPackaged } from './support/packaged-app.ts'

// The rpm, as far as Debian's rpm can tell: no system that lives on rpm is at hand.

let place: string
beforeEach(() => { place = mkdtempSync(join(tmpdir(), 'natter-rpm-')) })
afterEach(() => { rmSync(place, { recursive: true, force: true }) })

const rpm = (...args: readonly string[]): string => execFileSync('rpm', ['--dbpath', join(place, 'db'), ...args], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })

it('says what it is, asks for libraries by their own names, and provides none of Electron\'s', () => {
  expect(rpm('-qp', '--queryformat', '%{NAME} %{LICENSE} %{ARCH}', packageOf('rpm'))).toBe(`${PROGRAM} MIT ${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`)
  const requires = rpm('-qp', '--requires', packageOf('rpm')).split('\n')
  expect(requires).toEqual(expect.arrayContaining(['libgtk-3.so.0()(64bit)', 'libnss3.so()(64bit)', 'libX11-xcb.so.1()(64bit)', 'xdg-utils']))
  expect(requires.filter((name) => /^lib(?:ffmpeg|EGL|GLESv2|vk_swiftshader|vulkan)/.test(name))).toEqual([])
  expect(rpm('-qp', '--provides', packageOf('rpm')).split('\n').filter((name) => name.startsWith('lib'))).toEqual([])
})

it('brings the same files as the deb, but for what only Debian asks', () => {
  const files = new Set(rpm('-qlp', packageOf('rpm')).trim().split('\n'))
  const deb = execFileSync('sh', ['-c', `dpkg-deb --fsys-tarfile '${packageOf('deb')}' | tar -t`], { encoding: 'utf8' })
    .trim().split('\n').map((path) => path.slice(1)).filter((path) => !path.endsWith('/'))
  expect(deb.filter((path) => !files.has(path))).toEqual([
    `/usr/share/doc/${PROGRAM}/changelog.gz`, `/usr/share/doc/${PROGRAM}/copyright`, `/usr/share/lintian/overrides/${PROGRAM}`
  ])
})

it('is installed into a root of its own, starts from there, and is removed without a trace', async () => {
  const root = join(place, 'root')
  // Debian knows its libraries by other names, and scripts of a package would run on this machine's files.
  rpm('--initdb')
  rpm('-i', '--root', root, '--nodeps', '--noscripts', packageOf('rpm'))
  expect(existsSync(join(root, 'usr/share/applications', `${APP_ID}.desktop`))).toBe(true)
  const network = await openNetwork()
  try {
    const app = await startPackaged({ command: [...network.enter, join(root, INSTALLED, PROGRAM)], args: ['--no-sandbox', `--user-data-dir=${join(place, 'data')}`] })
    expect(await app.page.evaluate('document.title')).toContain('Natter')
    await app.close()
  } finally {
    await network.close()
  }
  rpm('-e', '--root', root, '--nodeps', '--noscripts', PROGRAM)
  expect(existsSync(join(root, INSTALLED))).toBe(false)
  expect(readdirSync(join(root, 'usr/share/applications'))).toEqual([])
})
