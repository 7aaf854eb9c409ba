import type { MenuItemConstructorOptions } from 'electron'
import { expect, it, vi } from 'vitest'
import { menuTemplate, type MenuActions } from '../../../main/desktop/menu/template.ts'

const actions = { openSettings: vi.fn<MenuActions['openSettings']>(), checkForUpdates: vi.fn(), openFolder: vi.fn<MenuActions['openFolder']>(), restart: vi.fn<MenuActions['restart']>(), quit: vi.fn() }
const itemsOf = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] => items.flatMap((item) => Array.isArray(item.submenu) ? [item, ...itemsOf(item.submenu)] : [item])
const build = (more: Partial<Parameters<typeof menuTemplate>[0]> = {}): MenuItemConstructorOptions[] => itemsOf(menuTemplate({ isMac: false, isPackaged: true, safeMode: false, ...more }, actions))
const pick = (label: string, items = build()): void => {
  const item = items.find((one) => one.label === label)
  // What an item does needs neither of these.
  const click = item?.click as (() => void) | undefined
  if (click === undefined) throw new Error(`there is no ${label}`)
  click()
}

it('leads to what its items say', () => {
  pick('About Natter')
  pick('Settings')
  pick('Check for updates')
  pick('Open log folder')
  pick('Open data folder')
  pick('Restart in safe mode')
  pick('Leave safe mode', build({ safeMode: true }))
  pick('Quit Natter')
  expect(actions.openSettings.mock.calls).toEqual([['about'], ['profile']])
  expect(actions.openFolder.mock.calls).toEqual([['logs'], ['data']])
  expect(actions.restart.mock.calls).toEqual([[true], [false]])
  expect([actions.checkForUpdates.mock.calls.length, actions.quit.mock.calls.length]).toEqual([1, 1])
})

it('takes none of the keys that the page has', () => {
  const pageKeys = ['CommandOrControl+K', 'CommandOrControl+N', 'CommandOrControl+F', 'CommandOrControl+Shift+F', 'CommandOrControl+,', 'Alt+Up', 'Alt+Down']
  const taken = build({ isPackaged: false }).filter(({ registerAccelerator }) => registerAccelerator !== false).map(({ accelerator }) => String(accelerator))
  expect(taken.filter((key) => pageKeys.includes(key))).toEqual([])
})

it('offers neither reloading nor developer tools in a package', () => {
  const roles = (isPackaged: boolean): unknown[] => build({ isPackaged }).map(({ role }) => role).filter((role) => role === 'reload' || role === 'toggleDevTools')
  expect(roles(true)).toEqual([])
  expect(roles(false)).toEqual(['reload', 'toggleDevTools'])
})
