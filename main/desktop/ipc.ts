import { ipcMain, type BrowserWindow } from 'electron'
import { CALLS, type CallName, type PushBatch } from '../../preload/contract/index.ts'
import { createAnswer } from './answer.ts'
import type { Handlers } from './api/handlers.ts'
import { APP_ORIGIN } from './app-scheme.ts'

/** What {@link registerIpc} stands on. */
export interface IpcDeps {
  readonly handlers: Promise<Handlers>
  /** Our window, while there is one. */
  readonly window: () => BrowserWindow | undefined
}

/** Takes the window's calls: one channel for each call of the contract, and no other. */
export function registerIpc ({ handlers, window }: IpcDeps): void {
  const answer = createAnswer({
    handlers,
    page: () => {
      const contents = living(window())?.webContents
      return contents === undefined ? undefined : { mainFrame: contents.mainFrame, origin: APP_ORIGIN }
    }
  })
  for (const name of Object.keys(CALLS) as CallName[]) {
    ipcMain.handle(`natter:${name}`, async (event, ...args: unknown[]) => answer(name, event, args))
  }
}

/** Hands a batch of pushes to the window's page; to nobody while there is none. */
export function sendPushes (window: BrowserWindow | undefined, batch: PushBatch): void {
  living(window)?.webContents.send('natter:push', batch)
}

function living (window: BrowserWindow | undefined): BrowserWindow | undefined {
  return window === undefined || window.isDestroyed() || window.webContents.isDestroyed() ? undefined : window
}
