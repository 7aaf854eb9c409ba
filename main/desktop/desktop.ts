import type { Argument, Desktop, MenuPick } from '../../preload/contract/index.ts'

/** How Natter stands on this computer, and what the person can change about it. */
export interface DesktopService {
  readonly state: () => Desktop
  /** @throws {CallError} where the system does not take it */
  readonly setStartAtLogin: (on: boolean) => Promise<void>
  /** @throws {CallError} where no file manager opens it */
  readonly openFolder: (folder: 'data' | 'logs' | 'crashes') => Promise<void>
  readonly deleteCrashes: () => Promise<void>
  /** Images of memory that crashes left, which hold what the disk is not to tell, are deleted, and no more are made. Never rejects. */
  readonly forgetImages: () => Promise<void>
  /** Shows a post's menu over the window; answers what the window is to do, `null` where nothing. */
  readonly showPostMenu: (asked: Argument<'showPostMenu'>) => Promise<MenuPick | null>
  /** Ends the app in the usual way and starts it again, in safe mode or out of it. */
  readonly restart: (safeMode: boolean) => void
}

/** Where the eye of the person is, for those who would draw it elsewhere. */
export interface Attention {
  /** The topic that the window shows now; null: none. */
  readonly lookAt: (topic: string | null) => void
}
