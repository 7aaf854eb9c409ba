import { sentenceOf } from '../errors.ts'
import type { ApiDeps } from './handlers.ts'

/**
 * Writes settings before a call answers, for changes that must not be lost
 * even if the machine stops now. The change itself holds either way, so a disk
 * that fails becomes a notice, not the call's failure.
 */
export async function saveNow ({ settings, notices }: Pick<ApiDeps, 'settings' | 'notices'>): Promise<void> {
  try {
    await settings.flush()
    notices.remove('save')
  } catch (error) {
    notices.add('save', 'warning', sentenceOf(error))
  }
}
