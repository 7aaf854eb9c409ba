import type { Result, Update } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { updateNews } from '../logic/update.ts'
import { live } from './live.svelte.ts'

/** Where updating stands. */
class Updates {
  value = $state.raw<Update>({ kind: 'idle' })
  /** When this kind of state began, as far as this window saw it, by `performance.now`. */
  since = $state(0)

  apply (value: Update): void {
    const news = updateNews(value)
    if (news !== '' && news !== updateNews(this.value)) live.say(news)
    if (value.kind !== this.value.kind) this.since = performance.now()
    this.value = value
  }

  check (): Promise<Result<null>> {
    return call('checkForUpdates', {})
  }

  /** Quits, installs what is ready, and starts again. */
  install (): Promise<Result<null>> {
    return call('installUpdate', {})
  }
}

export const updates = new Updates()
