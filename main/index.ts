import { join } from 'node:path'
import { runApp } from './desktop/lifecycle.ts'
import { openWindow } from './desktop/window.ts'

// The bundle is dist/main/index.cjs, beside dist/preload and dist/renderer.
const built = join(__dirname, '..')

runApp({
  rendererFolder: join(built, 'renderer'),
  start: async () => {
    openWindow({ preload: join(built, 'preload/index.cjs') })
  },
  stop: async () => {}
})
