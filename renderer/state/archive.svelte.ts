import type { Answer, Argument, Result } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** Saves a topic where the person says. */
export function exportTopic (topic: string, format: Argument<'exportTopic'>['format']): Promise<Result<Answer<'exportTopic'>>> {
  return call('exportTopic', { topic, format })
}

/** Reads an export that the person picks. */
export function importPosts (): Promise<Result<Answer<'importPosts'>>> {
  return call('importPosts', {})
}

/** Saves what can be read of a database that was set aside under this name. */
export function exportAside (name: string): Promise<Result<Answer<'exportAside'>>> {
  return call('exportAside', { name })
}

/** Opens a web address in the system's browser. */
export function openLink (url: string): Promise<Result<null>> {
  return call('openLink', { url })
}
