import type { MenuItemConstructorOptions } from 'electron'
import type { TrayView } from './view.ts'

/** What the items of the tray's menu do. */
export interface TrayActions {
  readonly open: () => void
  readonly openTopic: (topic: string) => void
  readonly setNotifications: (on: boolean) => void
  readonly openSettings: () => void
  readonly quit: () => void
}

/** The tray's menu, which on many Linux desktops is all that a click on the icon shows. */
export function trayMenu ({ state, topics, more, notifications }: TrayView, actions: TrayActions): MenuItemConstructorOptions[] {
  const unread: MenuItemConstructorOptions[] = topics.map(({ id, label }) => ({ label: literal(label), click: () => { actions.openTopic(id) } }))
  if (more > 0) unread.push({ label: `Unread in ${more.toLocaleString('en-US')} more`, click: actions.open })
  return [
    { label: state, enabled: false },
    { type: 'separator' },
    ...unread,
    ...(unread.length === 0 ? [] : [{ type: 'separator' } as const]),
    { label: 'Open Natter', click: actions.open },
    { label: 'Show notifications', type: 'checkbox', checked: notifications, click: ({ checked }) => { actions.setNotifications(checked) } },
    { label: 'Settings', click: actions.openSettings },
    { type: 'separator' },
    { label: 'Quit Natter', click: actions.quit }
  ]
}

/** An ampersand would underline the letter after it. */
function literal (label: string): string {
  return label.replaceAll('&', '&&')
}
