import { contextBridge, ipcRenderer, webFrame } from 'electron'
import { CLOSE_PAGE } from './close-page.ts'
import { CALLS, type Api, type CallName, type PushBatch } from './contract/index.ts'

/**
 * The only bridge between window and main process: one function per call of
 * the contract, and one way to listen. No function takes a channel's name.
 */
const calls = Object.fromEntries(
  (Object.keys(CALLS) as CallName[]).map((name) => [name, (argument: unknown) => ipcRenderer.invoke(`natter:${name}`, argument)])
)

const onPush: Api['onPush'] = (listener) => {
  const hear = (_event: unknown, batch: PushBatch): void => { listener(batch) }
  ipcRenderer.on('natter:push', hear)
  return () => { ipcRenderer.off('natter:push', hear) }
}

void webFrame.executeJavaScript(CLOSE_PAGE)
contextBridge.exposeInMainWorld('api', { ...calls, onPush })
