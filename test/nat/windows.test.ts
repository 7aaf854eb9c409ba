import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Scene } from './support/scene.ts'
import { ARTIFACTS, meet, openWindow, reads, say } from './support/windows.ts'

// The same, with real windows in the namespaces: what people see and do.

let scene: Scene
beforeEach(() => { scene = new Scene() })
afterEach(async () => { await scene.close() })

it.each([['no hub', ['--no-hub']], ['a hub', []]] as const)('two windows behind two NATs chat through a relay, %s, and one switches protocol', async (kind, flags) => {
  const relay = await scene.relay('relay', [...flags])
  const [ada, bo] = await Promise.all([openWindow(scene, 'a'), openWindow(scene, 'b')])
  await meet(ada, bo, relay)

  await say(ada, 'Who is in for the session on Thursday?')
  await reads(bo, ['Who is in for the session on Thursday?'])
  await say(bo, 'In. Bringing the brushes.')
  await say(bo, 'Is the cellar open from seven, as last time?')
  await reads(ada, ['In. Bringing the brushes.', 'Is the cellar open from seven, as last time?'])

  await ada.call('switchTo', { protocol: 'floodsub' })
  const mine = ['From half past six.', 'The bootleg of the last one is up:\ntrack 4 is the one with the rain on the roof.', 'Three firewalls and a tunnel between us, and it still arrives.']
  for (const text of mine) {
    await say(ada, text)
  }
  await reads(bo, mine.map((text) => text.split('\n')[0] ?? text))
  await say(bo, 'Rain and all, it is better than the record.')
  await reads(ada, ['Rain and all, it is better than the record.'])
  expect((await ada.call<string[]>('posts')).join('\n')).toContain('You switched to Floodsub')

  mkdirSync(ARTIFACTS, { recursive: true })
  await ada.call('screenshot', { path: join(ARTIFACTS, `nat-${kind.replace(' ', '-')}-ada.png`) })
  await ada.call('showSettings', { section: 'Network' })
  await ada.call('screenshot', { path: join(ARTIFACTS, `nat-${kind.replace(' ', '-')}-settings.png`) })
  await bo.call('setTheme', { theme: 'Dark' })
  await bo.call('screenshot', { path: join(ARTIFACTS, `nat-${kind.replace(' ', '-')}-bo-dark.png`) })
  await Promise.all([ada.call('close'), bo.call('close')])
})
