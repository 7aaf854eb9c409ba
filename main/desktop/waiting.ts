import type { Phase } from '../../preload/contract/index.ts'
import type { SettingsService } from '../settings/settings.ts'
import type { MakeBanner } from './notifications/banner.ts'
import type { Status } from './status.ts'

/** What {@link tellWaiting} stands on. */
export interface WaitingDeps {
  readonly status: Pick<Status, 'on'>
  readonly settings: Pick<SettingsService, 'visible'>
  readonly makeBanner: MakeBanner
  readonly appName: string
  /** The window is to be seen, and says it itself. */
  readonly isSeen: () => boolean
  readonly onClick: () => void
}

/** Says by a notification what Natter waits for, or that it failed, where no window is to be seen: nobody can reach it before. */
export function tellWaiting ({ status, settings, makeBanner, appName, isSeen, onClick }: WaitingDeps): void {
  const banner = makeBanner({ onClick })
  status.on('phase:change', (phase) => {
    const body = waitingWords(phase)
    if (body === undefined) banner.close()
    else if (!isSeen() && settings.visible().notifications) banner.show({ title: appName, body })
  })
}

function waitingWords ({ kind }: Phase): string | undefined {
  switch (kind) {
    case 'locked': return 'Natter waits for your passphrase. Nobody can reach you before.'
    case 'protect': return 'Natter is not set up yet. Open it to begin.'
    case 'failed': return 'Natter does not run. Open it to read why.'
    case 'starting':
    case 'reading':
    case 'running':
      return undefined
  }
}
