import type { SettingsService } from '../settings/settings.ts'
import type { MakeBanner } from './notifications/banner.ts'
import type { Notices } from './notices.ts'

/** What {@link createStaying} stands on. */
export interface StayingDeps {
  readonly settings: Pick<SettingsService, 'stored' | 'visible' | 'update'>
  readonly notices: Pick<Notices, 'add'>
  readonly makeBanner: MakeBanner
  /** The system shows our icon in its tray. */
  readonly hasTray: () => boolean
  readonly appName: string
  /** The person clicked what told them. */
  readonly onClick: () => void
}

/** What becomes of Natter when its window is closed. */
export interface Staying {
  /** Whether Natter goes on without its window. The first time ever, it says so. */
  readonly stays: () => boolean
}

/**
 * Says once ever where Natter is when its window is gone: by a notification,
 * and where none can be shown, in the window when it is back.
 */
export function createStaying ({ settings, notices, makeBanner, hasTray, appName, onClick }: StayingDeps): Staying {
  function tell (): void {
    settings.update({ toldOfStaying: true })
    const back = hasTray() ? 'Its icon in the tray brings the window back, and so does starting it again.' : 'Starting it again brings the window back.'
    const inWindow = (): void => {
      notices.add('staying', 'info', `When its window is closed, ${appName} keeps running, and others can reach you. ${back} Settings, This computer, can change that.`)
    }
    if (!settings.visible().notifications) {
      inWindow()
      return
    }
    const banner = makeBanner({ onClick, onFail: inWindow })
    banner.show({ title: `${appName} keeps running`, body: `Others can still reach you. ${back}` })
  }

  return {
    stays: () => {
      if (!settings.visible().stayReachable) return false
      if (!settings.stored().toldOfStaying) tell()
      return true
    }
  }
}
