import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Simulation } from '../../preload/contract/index.ts'
import { root } from '../../resources/tools/paths.mjs'
import { makeCleanRoot, type CleanRoot } from './support/clean-root.ts'
import { openNetwork, type Network } from './support/network.ts'
import { INSTALLED, PROGRAM, packageOf } from './support/packages.ts'
import { startPackaged, type PackagedApp } from './support/packaged-app.ts'
import { begin, reads, say } from './support/person.ts'
import { processesOf } from './support/sandbox.ts'

// The deb in a system of its own and the tar.gz in a folder, both as they are given away: no fuse is flipped, and
// nothing turns Chromium's sandbox off.

/** Owns nothing on Debian. */
const NOBODY = 65_534
const ARTIFACTS = join(root, 'artifacts')

let network: Network
let system: CleanRoot
let place: string
const apps: PackagedApp[] = []

beforeAll(async () => {
  network = await openNetwork()
  system = makeCleanRoot(execFileSync('dpkg-deb', ['--field', packageOf('deb'), 'Depends'], { encoding: 'utf8' }).trim())
  place = mkdtempSync(join(tmpdir(), 'natter-tar-'))
  chmodSync(place, 0o755)
})
afterAll(async () => {
  await Promise.allSettled(apps.map(async (app) => app.close()))
  system.remove()
  rmSync(place, { recursive: true, force: true })
  await network.close()
})

/** The tar.gz, unpacked, and what starts it as nobody. */
function unpackArchive (): { readonly command: readonly string[], readonly env: Record<string, string> } {
  execFileSync('tar', ['-xzf', packageOf('tar.gz'), '-C', place])
  const [folder = ''] = readdirSync(place)
  const home = join(place, 'home')
  mkdirSync(home)
  const key = process.env['XAUTHORITY']
  if (key !== undefined && existsSync(key)) copyFileSync(key, join(home, '.Xauthority'))
  execFileSync('chown', ['-R', `${String(NOBODY)}:${String(NOBODY)}`, home])
  return {
    command: ['setpriv', `--reuid=${String(NOBODY)}`, `--regid=${String(NOBODY)}`, '--clear-groups', '--', join(place, folder, PROGRAM)],
    env: { HOME: home, XAUTHORITY: join(home, '.Xauthority'), XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_RUNTIME_DIR: '' }
  }
}

it('the deb is installed by dpkg alone in a clean system that has what it depends on', () => {
  const wrote = system.run('dpkg', '--install', system.bring(packageOf('deb')))
  expect(wrote).not.toMatch(/error|warning/i)
  expect(system.run('dpkg-query', '--show', '--showformat=${db:Status-Status}', PROGRAM)).toBe('installed')
  // Nothing that the program loads is missing.
  const files = ['natter-test', 'libEGL.so', 'libGLESv2.so', 'libffmpeg.so', 'chrome_crashpad_handler', 'chrome-sandbox']
  expect(files.flatMap((file) => system.run('ldd', `${INSTALLED}/${file}`).split('\n').filter((line) => line.includes('not found')))).toEqual([])
})

it('the installed deb answers natter:// links and stands in the menu', () => {
  expect(system.run('grep', '-r', 'x-scheme-handler/natter', '/usr/share/applications/mimeinfo.cache').trim()).toBe('x-scheme-handler/natter=chat.natter.NatterTest.desktop;')
  expect(system.run('xdg-mime', 'query', 'default', 'x-scheme-handler/natter').trim()).toBe('chat.natter.NatterTest.desktop')
})

it('the installed deb and the unpacked tar.gz hold a conversation, each as an ordinary user', async () => {
  const archive = unpackArchive()
  const [ada, bo] = await Promise.all([
    startPackaged({ command: [...network.enter, ...system.asUser, `/usr/bin/${PROGRAM}`], env: system.userEnv }),
    startPackaged({ command: [...network.enter, ...archive.command], env: archive.env })
  ])
  apps.push(ada, bo)
  await Promise.all([begin(ada.page, { name: 'Ada', topic: 'lan-party' }), begin(bo.page, { name: 'Bo', topic: 'lan-party' })])
  await say(ada.page, { topic: 'lan-party', text: 'Installed by dpkg.' })
  await reads(bo.page, { author: 'Ada', text: 'Installed by dpkg.' })
  await say(bo.page, { topic: 'lan-party', text: 'Unpacked from an archive.' })
  await reads(ada.page, { author: 'Bo', text: 'Unpacked from an archive.' })

  mkdirSync(ARTIFACTS, { recursive: true })
  writeFileSync(join(ARTIFACTS, 'package-deb.png'), await ada.page.screenshot())
  writeFileSync(join(ARTIFACTS, 'package-tar.png'), await bo.page.screenshot())
})

it('the network inside this computer, a worker of its own in the archive, brings peer 4 each post twice under Floodsub', async () => {
  const request = { graph: { kind: 'diamond' }, posts: 2 }
  const simulation = await apps[1]?.page.evaluate<Simulation>(`new Promise((resolve) => {
    api.onPush(({ pushes }) => { for (const { event, value } of pushes) if (event === 'simulation:change' && value.state !== 'running') resolve(value) })
    void api.startSimulation(${JSON.stringify(request)})
  })`)
  expect(simulation).toMatchObject({ state: 'done', request })
  const floodsub = simulation?.results.find(({ protocol }) => protocol === 'floodsub')
  expect(floodsub?.copies.at(-1)).toBe(2)
})

it('both run in Chromium\'s sandbox', () => {
  expect(apps).toHaveLength(2)
  for (const { mark } of apps) {
    const processes = processesOf(mark, PROGRAM)
    const self = processes.find(({ type, uid }) => type === '' && uid !== '0')
    const renderers = processes.filter(({ type }) => type === 'renderer')
    expect(self).toBeDefined()
    expect(renderers.length).toBeGreaterThan(0)
    for (const renderer of renderers) {
      expect(renderer.seccomp).toBe('2')
      expect(renderer.uid).not.toBe('0')
      for (const kind of ['user', 'pid', 'net'] as const) expect(renderer.namespaces[kind]).not.toBe(self?.namespaces[kind])
    }
  }
})

it('purging the deb leaves the person\'s key and posts, says so, and leaves nothing else', async () => {
  await apps[0]?.close()
  const data = join(system.folder, 'home/ada/.config/Natter test')
  expect(readdirSync(data)).toEqual(expect.arrayContaining(['posts.db']))
  const wrote = system.run('dpkg', '--purge', PROGRAM)
  expect(wrote).toContain('What stays is yours: the key and the posts of each person, in ~/.config/Natter test.')
  const left = system.run('find', '/', '-xdev', '-iname', '*natter*', '-not', '-path', '/home/*', '-not', '-path', '/proc/*', '-not', '-path', '/dev/*', '-not', '-path', '/tmp/*')
  expect(left.split('\n').filter((path) => path !== '' && !path.startsWith('/var/tmp/'))).toEqual([])
  expect(readFileSync(join(system.folder, 'usr/share/applications/mimeinfo.cache'), 'utf8')).not.toContain('natter')
  expect(readFileSync(join(data, 'posts.db')).length).toBeGreaterThan(0)
})
