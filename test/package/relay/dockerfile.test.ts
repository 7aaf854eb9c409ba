import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../../resources/tools/paths.mjs'
import { newSpaceFlag } from '../../../resources/tools/relay-flags.mjs'
import { makeCleanRoot, type CleanRoot } from '../support/clean-root.ts'
import { openNetwork, type Network } from '../support/network.ts'
import { unpackImage, type UnpackedImage } from './support/image.ts'
import { relayPackage } from './support/packages.ts'
import { expectMeeting, runRelay, type RunningRelay } from './support/running.ts'

// The Dockerfile, built by buildah, on a base like the one that it names: a Debian with Node and npm.

const BASE = 'localhost/node-base:24'

let place: string
let system: CleanRoot
let network: Network
let image: UnpackedImage | undefined
let running: RunningRelay | undefined

const buildah = (...args: readonly string[]): string =>
  execFileSync('buildah', ['--storage-driver', 'vfs', '--root', join(place, 'containers'), '--runroot', join(place, 'containers-run'), ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'natter-dockerfile-'))
  network = await openNetwork()
  system = makeCleanRoot(execFileSync('dpkg-deb', ['--field', relayPackage('.deb'), 'Depends'], { encoding: 'utf8' }).trim())
  const local = join(system.folder, 'usr/local')
  mkdirSync(join(local, 'lib/node_modules'), { recursive: true })
  copyFileSync(process.execPath, join(local, 'bin/node'))
  // This machine's npm, which lies with another Node than the one that runs here.
  const npm = execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' }).trim()
  cpSync(dirname(dirname(npm)), join(local, 'lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'))
  const container = buildah('from', 'scratch')
  buildah('copy', container, system.folder, '/')
  // Nothing is asked of a registry; npm goes on without SQLite.
  buildah('config', '--env', 'PATH=/usr/local/bin:/usr/bin:/bin', '--env', 'npm_config_offline=true', container)
  buildah('commit', '--rm', container, BASE)
})
afterAll(async () => {
  await running?.end()
  image?.remove()
  buildah('rmi', '--all', '--force')
  system.remove()
  rmSync(place, { recursive: true, force: true })
  await network.close()
})

it('makes an image through which two desktops meet', async () => {
  const context = join(place, 'context')
  mkdirSync(context)
  copyFileSync(join(root, 'resources/relay/Dockerfile'), join(context, 'Dockerfile'))
  copyFileSync(relayPackage('.tgz'), join(context, basename(relayPackage('.tgz'))))
  buildah('build', '--isolation', 'chroot', '--format', 'docker', '--build-arg', `NODE=${BASE}`, '--tag', 'relay', context)
  const archive = join(place, 'image.tar')
  buildah('push', 'relay', `docker-archive:${archive}:relay:1`)
  image = unpackImage(archive)
  const { User, Entrypoint, Healthcheck } = image.config
  expect(User).toBe('65532:65532')
  expect(Healthcheck.Test).toEqual(['CMD', ...Entrypoint, '--health-check'])
  running = await runRelay([...network.enter, ...image.enter, ...Entrypoint, '--listen', '/ip4/127.0.0.1/tcp/4001', '--json'], { env: image.env })
  expect(running.commandLine()).toContain(newSpaceFlag)
  expectMeeting(running.addresses[0] ?? '', network.enter)
  expect(await running.end()).toBe(0)
})
