import type { App } from './apps.ts'
import { launch } from './launch.ts'

/** What a person has who used the app for a while: a key without a passphrase, a name, two topics, some posts. */
const TOPICS = ['garden', 'music']
const POSTS = 40

/** Runs in the page of a first start, over the calls that the window itself makes. */
const PREPARE = `(async () => {
  const call = async (name, argument) => {
    const result = await window.api[name](argument)
    if (!result.ok) throw new Error(name + ': ' + result.message)
    return result.value
  }
  await call('chooseProtection', { kind: 'none' })
  await call('changeSettings', { displayName: 'Ada' })
  for (const name of ${JSON.stringify(TOPICS)}) {
    const topic = '/natter/1/' + name
    await call('subscribeTopic', { name, plain: false })
    for (let n = 1; n <= ${String(POSTS)}; n++) await call('postMessage', { topic, text: 'Post ' + n + ' about ' + name + ', as long as posts in a talk are.', clientId: name + n })
  }
})()`

/** Fills a data folder with the app itself. */
export async function prepareProfile (app: App, folder: string): Promise<void> {
  const { devtools, page, close } = await launch(app.binary, folder, 'globalThis.api !== undefined && document.readyState === "complete" && document.querySelector("button") !== null')
  try {
    await devtools.evaluate(page, PREPARE)
  } finally {
    await close()
  }
}
