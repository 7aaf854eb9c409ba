import type { Argument, Desktop, Result } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** How Natter stands on this computer, and what can be changed about it. */
class DesktopState {
  /** Undefined before the first snapshot. */
  value = $state.raw<Desktop | undefined>(undefined)

  async setStartAtLogin (on: boolean): Promise<Result<null>> {
    const result = await call('setStartAtLogin', { on })
    // The push that says so follows within a frame, in which the switch must not jump back.
    if (result.ok && this.value !== undefined) this.value = { ...this.value, startAtLogin: on ? 'on' : 'off' }
    return result
  }

  openFolder (folder: Argument<'openFolder'>['folder']): Promise<Result<null>> {
    return call('openFolder', { folder })
  }

  deleteCrashes (): Promise<Result<null>> {
    return call('deleteCrashes', {})
  }

  /** Ends Natter and starts it again, in safe mode or out of it. */
  restart (safeMode: boolean): Promise<Result<null>> {
    return call('restartApp', { safeMode })
  }
}

export const desktop = new DesktopState()
