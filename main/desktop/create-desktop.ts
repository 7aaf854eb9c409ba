import { app, Menu, powerMonitor, shell } from 'electron'
import { isDeepStrictEqual } from 'node:util'
import type { Desktop, Post } from '../../preload/contract/index.ts'
import { noteResume } from '../node/wake.ts'
import type { SettingsService } from '../settings/settings.ts'
import type { AppWindow } from './app-window.ts'
import { createSight, type Sight } from './attention.ts'
import type { Crashes } from './crashes/crashes.ts'
import type { DesktopService } from './desktop.ts'
import { CallError } from './errors.ts'
import type { Errands, Wish } from './errands.ts'
import type { Start } from './lifecycle.ts'
import { findStartAtLogin } from './login/start-at-login.ts'
import { popUpPostMenu } from './menu/pop-up.ts'
import { menuTemplate } from './menu/template.ts'
import type { Notices } from './notices.ts'
import { createNotifications } from './notifications/notifications.ts'
import { createSystemBanners } from './notifications/system-banners.ts'
import type { Pushes } from './push.ts'
import { relaunch } from './safe-mode/relaunch.ts'
import { askBus } from './session-bus.ts'
import type { Status } from './status.ts'
import { createStaying } from './staying.ts'
import { findTrayHost, waitForTrayHost } from './tray/host.ts'
import { createTray } from './tray/tray.ts'
import { trayView } from './tray/view.ts'
import { tellWaiting } from './waiting.ts'
import { windowTitle } from './window-title.ts'

/** What {@link createDesktop} stands on. */
export interface CreateDesktopDeps {
  readonly start: Start
  readonly crashes: Crashes
  readonly status: Status
  readonly settings: SettingsService
  readonly pushes: Pick<Pushes, 'push'>
  readonly notices: Pick<Notices, 'add'>
  readonly errands: Pick<Errands, 'open'>
  readonly window: AppWindow
  readonly checkForUpdates: () => void
}

/** Natter on this computer's desktop: notifications, tray, menu, and what the window asks about them. */
export interface DesktopHome extends DesktopService {
  readonly sight: Sight
  /** What windows are called now. */
  readonly title: () => string
  /** Whether closing the window leaves Natter running; says it once. */
  readonly stays: () => boolean
  /** Somebody else posted just now. */
  readonly arrive: (post: Post) => void
  /** Shows the tray's icon and looks at what the system offers; after the start, which it does not hold up. */
  readonly begin: () => Promise<void>
  readonly end: () => void
}

/** Puts Natter onto the desktop. Nothing of it waits for the system. */
export function createDesktop (deps: CreateDesktopDeps): DesktopHome {
  const { start: { folders, profile, safeMode }, crashes, status, settings, pushes, notices, errands, window, checkForUpdates } = deps
  const appName = profile === undefined ? app.getName() : `${app.getName()} (${profile})`
  const isLinux = process.platform === 'linux'
  const ending = new AbortController()
  const startAtLogin = findStartAtLogin({ profile })
  const sight = createSight(window.hasFocus)
  const banners = createSystemBanners({
    askServer: isLinux ? async () => askBus({ name: 'org.freedesktop.Notifications', path: '/org/freedesktop/Notifications', asks: { method: 'GetCapabilities' } }) : undefined
  })
  let atLogin: Desktop['startAtLogin'] = startAtLogin === undefined ? 'unavailable' : 'off'
  let hasTray = false
  let pushed: Desktop | undefined

  const state = (): Desktop => ({
    ...(profile === undefined ? {} : { profile }),
    safeMode,
    startAtLogin: atLogin,
    tray: hasTray,
    folders: { data: folders.data, logs: folders.logs },
    crashes: crashes.list()
  })

  function announce (): void {
    const now = state()
    if (isDeepStrictEqual(now, pushed)) return
    pushed = now
    pushes.push('desktop:change', now)
  }

  function show (wish: Wish): void {
    errands.open(wish)
    window.bringToFront()
  }

  async function openFolder (which: 'data' | 'logs' | 'crashes'): Promise<void> {
    const problem = await shell.openPath(folders[which])
    if (problem !== '') throw new CallError('ERR_UNAVAILABLE', `The folder does not open: ${problem}`)
  }

  const notifications = createNotifications({
    makeBanner: banners.make,
    settings: settings.visible,
    topic: status.topic,
    isInSight: sight.isInSight,
    onOpen: (post) => { show({ kind: 'post', ...post }) },
    onOpenAll: window.bringToFront,
    appName
  })
  status.on('topic:change', ({ id, unread, notify }) => { if (unread === 0 || notify === 'nothing') notifications.clear(id) })
  status.on('topic:remove', notifications.clear)
  settings.on('settings:change', (now) => { if (!now.notifications) notifications.close() })

  const staying = createStaying({ settings, notices, makeBanner: banners.make, hasTray: () => hasTray, appName, onClick: window.bringToFront })
  tellWaiting({ status, settings, makeBanner: banners.make, appName, isSeen: window.isShown, onClick: window.bringToFront })

  const tray = createTray({
    open: window.bringToFront,
    openTopic: (topic) => { show({ kind: 'topic', topic }) },
    setNotifications: (on) => { settings.update({ notifications: on }) },
    openSettings: () => { show({ kind: 'settings', page: 'profile' }) },
    quit: () => { app.quit() }
  })

  function draw (): void {
    tray.draw(trayView({
      appName, phase: status.phase(), standing: status.standing(), topics: status.topics(), unread: status.unread(), notifications: settings.visible().notifications
    }))
  }

  const title = (): string => windowTitle(appName, status.unread())
  status.on('change', () => { window.setTitle(title()) })

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate({ isMac: process.platform === 'darwin', isPackaged: app.isPackaged, safeMode }, {
    openSettings: (page) => { show({ kind: 'settings', page }) },
    checkForUpdates: () => {
      show({ kind: 'settings', page: 'about' })
      checkForUpdates()
    },
    openFolder: (folder) => { openFolder(folder).catch((error: unknown) => { notices.add('folder', 'warning', error instanceof Error ? error.message : '') }) },
    restart: relaunch,
    quit: () => { app.quit() }
  })))

  async function lookAtLogin (): Promise<void> {
    if (startAtLogin !== undefined) atLogin = await startAtLogin.isOn() ? 'on' : 'off'
    announce()
  }

  async function lookAtTray (): Promise<void> {
    if (isLinux && hasTray !== (await findTrayHost() === 'there')) {
      hasTray = !hasTray
      announce()
    }
  }

  return {
    sight,
    title,
    state,
    stays: () => {
      void lookAtTray()
      // Nobody can reach it then, and its window asks to be closed and started again.
      return status.phase().kind !== 'failed' && staying.stays()
    },
    arrive: notifications.arrive,
    setStartAtLogin: async (on) => {
      if (startAtLogin === undefined) throw new CallError('ERR_UNAVAILABLE', 'Natter cannot be started at login here: only an installed Natter can, and a Flatpak cannot.')
      await startAtLogin.set(on)
      await lookAtLogin()
    },
    openFolder,
    deleteCrashes: crashes.deleteAll,
    forgetImages: crashes.forgetImages,
    showPostMenu: async (asked) => popUpPostMenu(window.current(), asked),
    restart: relaunch,
    begin: async () => {
      powerMonitor.on('resume', noteResume)
      await lookAtLogin()
      // Elsewhere there always is one. On Linux, an icon that comes before the tray never gets into it.
      hasTray = !isLinux || await waitForTrayHost(ending.signal) === 'there'
      if (ending.signal.aborted) return
      announce()
      status.on('change', draw)
      draw()
    },
    end: () => {
      ending.abort()
      powerMonitor.off('resume', noteResume)
      notifications.close()
      banners.closeAll()
      tray.close()
    }
  }
}
