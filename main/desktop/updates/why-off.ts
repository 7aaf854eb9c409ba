import type { Settings } from '../../../preload/contract/index.ts'
import type { BuildConfig } from './build-config.ts'

/** Why this build or its person wants no updates, as a sentence; undefined where they are looked for. */
export function whyOff (config: BuildConfig | undefined, { checkUpdates, updateFeed }: Pick<Settings, 'checkUpdates' | 'updateFeed'>): string | undefined {
  if (config === undefined) return 'What this package says about updates cannot be read: get new versions where you got this one.'
  if (!config.updates) return 'Your distribution updates Natter.'
  if (config.updateKeys.length === 0) return 'This package has no key to check updates with: get new versions where you got this one.'
  if (config.updateFeed === '' && updateFeed === '') return 'This package knows no place to ask for updates: name one in settings, or get new versions where you got this one.'
  if (!checkUpdates) return 'Looking for updates is switched off in settings.'
  return undefined
}
