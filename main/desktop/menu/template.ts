import type { MenuItemConstructorOptions } from 'electron'
import { EDIT_WORDS } from '../../../words/menu.ts'

/** What the items of the application's menu do. */
export interface MenuActions {
  readonly openSettings: (page: 'profile' | 'about') => void
  readonly checkForUpdates: () => void
  readonly openFolder: (folder: 'data' | 'logs') => void
  readonly restart: (safeMode: boolean) => void
  readonly quit: () => void
}

/** What {@link menuTemplate} depends on. */
export interface MenuFacts {
  readonly isMac: boolean
  /** A package has neither 'Reload' nor developer tools. */
  readonly isPackaged: boolean
  readonly safeMode: boolean
}

/**
 * The application's menu: hidden behind Alt outside of macOS. The page has keys
 * of its own (Ctrl K, N, F, Shift F, Shift N and comma, Alt with arrows), so none of these is taken here.
 */
export function menuTemplate ({ isMac, isPackaged, safeMode }: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    {
      label: 'Natter',
      submenu: [
        { label: 'About Natter', click: () => { actions.openSettings('about') } },
        { label: 'Check for updates', click: actions.checkForUpdates },
        { type: 'separator' },
        // The page takes the keys itself, so that a dialog with something typed in it can keep them.
        { label: 'Settings', accelerator: 'CommandOrControl+,', registerAccelerator: false, click: () => { actions.openSettings('profile') } },
        { type: 'separator' },
        ...(isMac ? [{ role: 'services' }, { type: 'separator' }, { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, { type: 'separator' }] satisfies MenuItemConstructorOptions[] : []),
        { label: 'Quit Natter', accelerator: 'CommandOrControl+Q', click: actions.quit }
      ]
    },
    {
      label: 'Edit',
      submenu: [edit('undo'), edit('redo'), { type: 'separator' }, edit('cut'), edit('copy'), edit('paste'), edit('delete'), { type: 'separator' }, edit('selectAll')]
    },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        // The key of + without Shift.
        { role: 'zoomIn', accelerator: 'CommandOrControl+=', visible: false, acceleratorWorksWhenHidden: true },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[])
      ]
    },
    ...(isMac ? [{ role: 'windowMenu' }] satisfies MenuItemConstructorOptions[] : []),
    {
      label: 'Help',
      role: 'help',
      submenu: [
        { label: 'Open log folder', click: () => { actions.openFolder('logs') } },
        { label: 'Open data folder', click: () => { actions.openFolder('data') } },
        { type: 'separator' },
        { label: safeMode ? 'Leave safe mode' : 'Restart in safe mode', click: () => { actions.restart(!safeMode) } }
      ]
    }
  ]
}

function edit (role: 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'delete' | 'selectAll'): MenuItemConstructorOptions {
  return { role, label: EDIT_WORDS[role] }
}
