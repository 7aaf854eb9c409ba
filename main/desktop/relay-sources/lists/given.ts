import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fetchFeed, MAX_FEED_BYTES, type Fetch } from '../../updates/fetch-feed.ts'

/** Where whoever runs this computer names lists, one reference a line; only they can write there. */
export const SYSTEM_LISTS = '/etc/natter/relay-lists'
/** Bytes of that file that are read. */
const MAX_FILE_BYTES = 16_384

/** The references in a file, one a line, `#` before remarks; none where there is no such file. */
export async function readReferences (path: string): Promise<readonly string[]> {
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES) return []
    return (await readFile(path, 'utf8')).split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  } catch {
    return []
  }
}

/** Gets the bytes of a list from the web, or from this computer. */
export async function fetchListFrom (url: URL, fetch: Fetch): Promise<Uint8Array> {
  if (url.protocol !== 'file:') return fetchFeed(url, { fetch, signal: new AbortController().signal })
  const path = fileURLToPath(url)
  if ((await stat(path)).size > MAX_FEED_BYTES) throw new RangeError('larger than a list may be')
  return readFile(path)
}
