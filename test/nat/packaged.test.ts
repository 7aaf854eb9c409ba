import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { root } from '../../resources/tools/paths.mjs'
import { Scene } from './support/scene.ts'
import { ARTIFACTS, meet, openWindow, reads, say } from './support/windows.ts'

// The app as electron-builder packs it, on both sides of the relay.

const FOLDER = join(root, 'release/test', process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked')

let scene: Scene
beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'resources/tools/launch.mjs'), 'package', '--test'], { cwd: root, encoding: 'utf8' })
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
})
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

it('two packaged apps behind two NATs chat through a relay that is no hub', async () => {
  const relay = await scene.relay('relay', ['--no-hub'])
  const binary = join(FOLDER, 'natter-test')
  const [ada, bo] = await Promise.all([openWindow(scene, 'a', { binary }), openWindow(scene, 'b', { binary })])
  await meet(ada, bo, relay)
  await say(ada, 'Packed and behind a NAT.')
  await reads(bo, ['Packed and behind a NAT.'])
  await bo.call('switchTo', { protocol: 'floodsub' })
  await say(bo, 'So am I.')
  await reads(ada, ['So am I.'])
  mkdirSync(ARTIFACTS, { recursive: true })
  await bo.call('screenshot', { path: join(ARTIFACTS, 'nat-packaged-bo.png') })
  await Promise.all([ada.call('close'), bo.call('close')])
})
