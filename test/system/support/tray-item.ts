import { vi } from 'vitest'
import type { DesktopSession } from './desktop-session.ts'

/** An item of a tray's menu. */
export interface TrayMenuItem {
  readonly id: number
  readonly label: string
  readonly enabled: boolean
}

/** An app's icon in the tray, as the panel gets it over the bus. */
export interface TrayItem {
  readonly menu: () => Promise<readonly TrayMenuItem[]>
  /** Picks an item of the menu. @throws where there is none of this label */
  readonly pick: (label: string) => Promise<void>
  readonly tooltip: () => Promise<string>
  /** Width of the icon's largest picture, in pixels. */
  readonly iconWidth: () => Promise<number>
}

const MENU = ['/com/canonical/dbusmenu', 'com.canonical.dbusmenu'] as const
const APPEARS = { timeout: 30_000, interval: 100 }

/** Names on the bus of those who have an icon in the tray. */
export async function trayOwners (session: DesktopSession): Promise<string[]> {
  const watcher = 'org.kde.StatusNotifierWatcher'
  const { data } = JSON.parse(await session.run('busctl', '--user', '--json=short', 'get-property', watcher, '/StatusNotifierWatcher', watcher, 'RegisteredStatusNotifierItems')) as { data: string[] }
  return data.map((item) => item.slice(0, item.indexOf('/')))
}

/** Waits until the tray has its one icon. */
export async function findTrayItem (session: DesktopSession): Promise<TrayItem> {
  const owner = await vi.waitFor(async () => {
    const [only, ...more] = await trayOwners(session)
    if (only === undefined || more.length > 0) throw new Error('there should be one icon in the tray')
    return only
  }, APPEARS)
  const ask = async (...args: string[]): Promise<unknown> => (JSON.parse(await session.run('busctl', '--user', '--json=short', ...args)) as { data: unknown }).data

  async function menu (): Promise<TrayMenuItem[]> {
    const [, layout] = await ask('call', owner, ...MENU, 'GetLayout', 'iias', '0', '--', '-1', '0') as [number, [number, object, { data: [number, { readonly label?: { readonly data: string }, readonly enabled?: { readonly data: boolean } }] }[]]]
    return layout[2].map(({ data: [id, { label, enabled }] }) => ({ id, label: label?.data ?? '', enabled: enabled?.data !== false })).filter(({ label }) => label !== '')
  }

  const property = async (name: string): Promise<unknown> => ask('get-property', owner, '/StatusNotifierItem', 'org.kde.StatusNotifierItem', name)
  return {
    menu,
    pick: async (label) => {
      const item = (await menu()).find((one) => one.label === label)
      if (item === undefined) throw new Error(`the tray's menu has no "${label}"`)
      // Quitting ends the app before it answers.
      await session.run('busctl', '--user', '--expect-reply=no', 'call', owner, ...MENU, 'Event', 'isvu', String(item.id), 'clicked', 'i', '0', '0')
    },
    tooltip: async () => String((await property('ToolTip') as [string, unknown, string, string])[2]),
    iconWidth: async () => Math.max(0, ...(await property('IconPixmap') as [number, number, number[]][]).map(([width]) => width))
  }
}
