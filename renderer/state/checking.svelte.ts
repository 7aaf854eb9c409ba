import type { Check, Result } from '../../preload/contract/index.ts'
import { call } from '../api.ts'
import { steadyTime } from './clock.svelte.ts'

/** The check of why nobody connects. */
class Checking {
  value = $state.raw<Check | undefined>(undefined)
  /** When it began, by `performance.now`. */
  since = 0

  apply (value: Check): void {
    if (value.id !== this.value?.id) this.since = steadyTime(value.startedAt)
    this.value = value
  }

  /** @param person peer id of somebody who is to be reached, or '' */
  async start (person: string): Promise<Result<Check>> {
    const result = await call('startCheck', { person: person === '' ? null : person })
    // Pushes of the same check may have come before: they know more.
    if (result.ok && result.value.id !== this.value?.id) this.apply(result.value)
    return result
  }

  stop (): Promise<Result<null>> {
    return call('stopCheck', {})
  }

  async copyReport (): Promise<boolean> {
    return (await call('copyCheckReport', {})).ok
  }
}

export const checking = new Checking()
