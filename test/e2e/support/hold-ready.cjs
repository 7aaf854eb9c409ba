// Loaded before the app: holds back Electron's readiness until Playwright is attached, and calls the function below.
// Otherwise Playwright can meet the window between two documents and then waits for ever. It has a script like this
// one, which it uses only without an `executablePath` and which also sets switches that these tests are about.
// `-r` names this script; in a packed app it is part of the archive, and no argument is about it.
const { app } = require('electron')

// The app sees the command line that a person would give.
const here = process.argv.findIndex((argument) => argument.endsWith('hold-ready.cjs'))
if (here > 0) process.argv.splice(here - 1, 2)

const reallyReady = app.whenReady()
const emit = app.emit.bind(app)
/** @type {() => void} */
let letGo = () => {}
/** @type {Promise<void>} */
const released = new Promise((resolve) => (letGo = resolve))
/** @type {unknown[]} */
let readyArguments = []
let isReady = false

/** @type {(event: string, ...args: unknown[]) => boolean} */
const emitAllButReady = (event, ...args) => {
  if (event !== 'ready') return /** @type {(event: string, ...args: unknown[]) => boolean} */ (emit)(event, ...args)
  readyArguments = args
  return app.listenerCount('ready') > 0
}

const release = async () => {
  await reallyReady
  isReady = true
  letGo()
  Reflect.apply(emit, app, ['ready', ...readyArguments])
}

Object.assign(app, { emit: emitAllButReady, isReady: () => isReady, whenReady: () => released })
Object.assign(globalThis, { __playwright_run: release })
