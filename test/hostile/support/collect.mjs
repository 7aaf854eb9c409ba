// Loaded into a process with --expose-gc: collects garbage when asked by SIGUSR2, and says in a file how often it has.
import { writeFileSync } from 'node:fs'
import process from 'node:process'

let count = 0
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  // What is freed in the background by then is counted.
  setTimeout(() => {
    globalThis.gc?.()
    writeFileSync(process.env['NATTER_TEST_COLLECTED'] ?? '', String(++count))
  }, 200)
})
