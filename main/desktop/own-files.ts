import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { mendModes } from '../settings/own-modes.ts'
import { imageFolder } from './crashes/crashes.ts'
import type { Folders } from './data-folder.ts'

/** Names of our files in the data directory; the rest there is Chromium's. */
const OURS = /^(?:identity\.json|settings\.(?:json|sealed)|posts[\w-]*\.db|post-numbers|update-number)/u

/** Sees to it that nobody else reads what is ours, also in a profile of an earlier version. After the start. */
export async function mendOwnFiles ({ data, logs, crashes }: Folders): Promise<void> {
  await mendModes(data, (name) => OURS.test(name))
  await mendModes(logs)
  await mendModes(crashes)
  await mendModes(imageFolder(crashes))
}

/**
 * Removes what the page of an earlier version kept in session storage, which
 * holds names of topics in plain text, also of those that were left. Before
 * Chromium opens it: what it deletes itself stays in its files for a while.
 */
export function forgetSessionStorage ({ data }: Pick<Folders, 'data'>): void {
  try {
    rmSync(join(data, 'Session Storage'), { recursive: true, force: true })
  } catch {
    // It is tried again at the next start.
  }
}
