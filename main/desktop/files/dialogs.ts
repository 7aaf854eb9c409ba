import { app, BrowserWindow, dialog } from 'electron'
import { join } from 'node:path'
import type { AskForFile } from './ask.ts'

/** The system's own dialogs for files, in front of our window. */
export const fileDialogs: AskForFile = {
  save: async ({ title, name, kind, extension }) => {
    const options = { title, defaultPath: join(app.getPath('documents'), name), filters: [{ name: kind, extensions: [extension] }] }
    const window = ownWindow()
    const { canceled, filePath } = await (window === undefined ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options))
    return canceled || filePath === '' ? undefined : filePath
  },
  open: async ({ title, kind, extension }) => {
    const options: Electron.OpenDialogOptions = { title, properties: ['openFile'], filters: [{ name: kind, extensions: [extension] }, { name: 'All files', extensions: ['*'] }] }
    const window = ownWindow()
    const { canceled, filePaths } = await (window === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options))
    return canceled ? undefined : filePaths[0]
  }
}

function ownWindow (): BrowserWindow | undefined {
  return BrowserWindow.getAllWindows()[0]
}
