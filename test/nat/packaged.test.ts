import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { PROGRAM, UNPACKED, pack } from '../package/support/packages.ts'
import { makeSteerable, type Steerable } from '../package/support/steerable.ts'
import { Scene } from './support/scene.ts'
import { ARTIFACTS, meet, openWindow, reads, say } from './support/windows.ts'

// The app as electron-builder packs it, on both sides of the relay.

let scene: Scene
let packed: Steerable
beforeAll(async () => {
  pack(['dir'])
  packed = await makeSteerable(UNPACKED, PROGRAM)
})
afterAll(() => { packed.remove() })
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

it('two packaged apps behind two NATs chat through a relay that is no hub', async () => {
  const relay = await scene.relay('relay', ['--no-hub'])
  const { binary } = packed
  const [ada, bo] = await Promise.all([openWindow(scene, 'a', { binary }), openWindow(scene, 'b', { binary })])
  await meet(ada, bo, relay)
  await say(ada, 'Packed and behind a NAT.')
  await reads(bo, ['Packed and behind a NAT.'])
  await bo.call('switchTo', { protocol: 'floodsub' })
  await say(bo, 'So am I.')
  await reads(ada, ['So am I.'])
  expect(await bo.call('people')).toHaveLength(2)
  mkdirSync(ARTIFACTS, { recursive: true })
  await bo.call('screenshot', { path: join(ARTIFACTS, 'nat-packaged-bo.png') })
  await Promise.all([ada.call('close'), bo.call('close')])
})
