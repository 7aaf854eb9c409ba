import { lstat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { titleOf } from '../../chat/names.ts'
import { isCopyName } from '../../settings/copies.ts'
import { CallError } from '../errors.ts'
import { suggestName } from '../files/ask.ts'
import { exportMany, exportTopic } from '../files/export-posts.ts'
import { importPosts } from '../files/import-posts.ts'
import { writeBytesWhole } from '../files/write-file.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

const JSON_LINES = { kind: 'JSON Lines', extension: 'jsonl' } as const
const JSON_FILE = { kind: 'JSON', extension: 'json' } as const
const WEB_PAGE = { kind: 'Web page', extension: 'html' } as const

/** Names under which the store sets a database aside, and no other file's. */
const ASIDE = /^posts-(?:damaged|newer|locked)-[\w-]+\.db$/u

/** Calls that write and read files which the person names. */
export function fileHandlers (deps: ApiDeps): Pick<Handlers, 'exportTopic' | 'importPosts' | 'exportAside'> {
  const { session, settings, askForFile, folder, readAside } = deps
  const { signal } = session
  return {
    exportTopic: async ({ topic, format }) => {
      const { store } = await session.whenRunning()
      const title = titleOf(topic)
      const now = Date.now()
      const kind = format === 'html' ? WEB_PAGE : JSON_LINES
      const path = await askForFile.save({ title: `Export "${title}"`, name: suggestName(title, now, kind.extension), ...kind })
      if (path === undefined) return null
      return { path, posts: await exportTopic(store, { topic, title, format, path, now, signal }) }
    },

    importPosts: async () => {
      const { chat } = await session.whenRunning()
      const path = await askForFile.open({ title: 'Import posts', ...JSON_LINES })
      if (path === undefined) return null
      try {
        return await importPosts(path, chat, signal)
      } finally {
        // Also where it ended half way: what was taken till then stays. A chat that was replaced meanwhile knows nothing of what came since.
        if (session.running()?.chat === chat) settings.update({ subscriptions: [...chat.subscriptions()] })
        await saveNow(deps)
      }
    },

    exportAside: async ({ name }) => {
      const { open } = await session.whenRunning()
      if (isCopyName(name)) return saveCopy(name)
      const aside = join(folder, name)
      if (basename(name) !== name || !ASIDE.test(name) || !await isFile(aside)) {
        throw new CallError('ERR_FILE', 'There is no such database in Natter\'s folder any more: somebody moved it, or deleted it.')
      }
      const now = Date.now()
      const path = await askForFile.save({ title: 'Save what can be read', name: suggestName('rescued', now, JSON_LINES.extension), ...JSON_LINES })
      if (path === undefined) return null
      return { path, posts: await exportMany(readAside(aside, open.key), { path, now, signal }) }
    }
  }

  /** As it was: Natter could not read it, and a person may. */
  async function saveCopy (name: string): Promise<{ readonly path: string } | null> {
    const copy = await settings.readCopy(name)
    if (copy === undefined) throw new CallError('ERR_FILE', 'This copy of your settings is not in Natter\'s folder any more: somebody moved it, or deleted it.')
    const path = await askForFile.save({ title: 'Save earlier settings', name: suggestName('settings', Date.now(), JSON_FILE.extension), ...JSON_FILE })
    if (path === undefined) return null
    await writeBytesWhole(path, copy)
    return { path }
  }
}

/** A link to elsewhere is none. */
async function isFile (path: string): Promise<boolean> {
  return lstat(path).then((found) => found.isFile(), () => false)
}
