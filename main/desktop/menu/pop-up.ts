import { Menu, type BrowserWindow, type WebContents } from 'electron'
import type { Argument, MenuPick } from '../../../preload/contract/index.ts'
import { postMenu, textMenu } from './context-menu.ts'

/** Milliseconds that what was picked may come after the menu has closed; which is first depends on the system. */
const CLOSES_FIRST = 100

/** Shows the system's own menus over fields and selected text of a page. Posts ask for theirs by {@link popUpPostMenu}. */
export function offerTextMenus (window: BrowserWindow, contents: WebContents = window.webContents): void {
  contents.on('context-menu', (_event, params) => {
    const items = textMenu(params)
    if (items.length > 0) Menu.buildFromTemplate(items).popup({ window, ...(params.menuSourceType === 'keyboard' ? { x: Math.round(params.x), y: Math.round(params.y) } : {}) })
  })
}

/** Shows a post's menu and answers what was picked; `null` where the window has nothing to do. */
export async function popUpPostMenu (window: BrowserWindow | undefined, { at, ...asked }: Argument<'showPostMenu'>): Promise<MenuPick | null> {
  if (window === undefined) return null
  const { promise, resolve } = Promise.withResolvers<MenuPick | null>()
  // The page counts in its own pixels, which zooming makes larger.
  const zoom = window.webContents.getZoomFactor()
  Menu.buildFromTemplate(postMenu(asked, resolve)).popup({
    window,
    ...(at.kind === 'pointer' ? {} : { x: Math.round(at.x * zoom), y: Math.round(at.y * zoom) }),
    callback: () => { setTimeout(() => { resolve(null) }, CLOSES_FIRST) }
  })
  return promise
}
