import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../resources/tools/paths.mjs'
import { APP_ID, INSTALLED, PROGRAM, packageOf } from './support/packages.ts'

// What the tools say with which distributions judge packages.

let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'natter-lint-'))
  execFileSync('dpkg-deb', ['--extract', packageOf('deb'), place])
})
afterAll(() => { rmSync(place, { recursive: true, force: true }) })

function judge (program: string, ...args: readonly string[]): { readonly status: number | null, readonly said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  return { status, said: (stdout + stderr).trim() }
}

it('lintian finds no error and no warning in the deb, and each exception has its reason', () => {
  expect(judge('lintian', '--allow-root', '--fail-on', 'error,warning', '--tag-display-limit', '0', packageOf('deb'))).toEqual({ status: 0, said: '' })
  const overrides = readFileSync(join(root, 'resources/linux/lintian-overrides'), 'utf8').trim().split('\n')
  expect(overrides[0]).toMatch(/^# /)
  expect(overrides.filter((line, index) => !line.startsWith('#') && !(overrides[index - 1] ?? '').startsWith('#'))).toEqual([])
})

it('the desktop entry is valid and takes natter:// links', () => {
  const entry = join(place, 'usr/share/applications', `${APP_ID}.desktop`)
  expect(judge('desktop-file-validate', entry)).toEqual({ status: 0, said: '' })
  const text = readFileSync(entry, 'utf8')
  expect(text).toContain('MimeType=x-scheme-handler/natter;')
  expect(text).toContain(`Exec="${INSTALLED}/${PROGRAM}" %U`)
  expect(text).toContain(`Icon=${APP_ID}\n`)
})

it('AppStream accepts the metainfo; all that it wishes otherwise is a name in small letters', () => {
  const metainfo = join(place, 'usr/share/metainfo', `${APP_ID}.metainfo.xml`)
  expect(judge('appstreamcli', 'validate', '--no-net', '--no-color', metainfo).status).toBe(0)
  const { said } = judge('appstreamcli', 'validate', '--no-net', '--no-color', '--pedantic', metainfo)
  expect(said.split('\n').filter((line) => /^[EWIP]: /.test(line))).toEqual([`P: ${APP_ID}:3: cid-contains-uppercase-letter ${APP_ID}`])
})

it('Flatpak reads the manifest, which goes by the id of the release', () => {
  const manifest = JSON.parse(execFileSync('flatpak-builder', ['--show-manifest', join(root, 'resources/linux/flatpak/chat.natter.Natter.yml')], { cwd: place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as { id: string, command: string, 'finish-args': string[] }
  expect(manifest).toMatchObject({ id: 'chat.natter.Natter', command: 'natter' })
  expect(manifest['finish-args'].filter((argument) => argument.startsWith('--filesystem'))).toEqual([])
  expect(readFileSync(join(root, 'electron-builder.yml'), 'utf8')).toContain(`appId: ${manifest.id}\n`)
})

it('icons of all sizes go by the app\'s id', () => {
  const icons = execFileSync('find', ['usr/share/icons', '-type', 'f', '-printf', '%P\n'], { cwd: place, encoding: 'utf8' }).trim().split('\n').sort()
  const sizes = [1024, 128, 16, 24, 256, 32, 48, 512, 64].map((size) => `hicolor/${String(size)}x${String(size)}/apps/${APP_ID}.png`)
  expect(icons).toEqual([...sizes, `hicolor/scalable/apps/${APP_ID}.svg`])
})

it('the manual page can be read', () => {
  const page = join(place, 'usr/share/man/man1', `${PROGRAM}.1.gz`)
  const { status, said } = judge('sh', '-c', `zcat '${page}' | groff -man -Tutf8 -ww -z`)
  expect({ status, said }).toEqual({ status: 0, said: '' })
})
