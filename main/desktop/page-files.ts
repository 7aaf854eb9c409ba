import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { PAGE_HEADERS } from './csp.ts'

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2'
}

/**
 * The file of the page that a URL path names, or undefined where it names none.
 *
 * Fails closed: a path that leaves the folder, holds a NUL or a backslash, or is badly encoded names no file.
 * Decoded once, so `%2f..` is seen for what it is and `%252f` stays a name.
 */
export function pageFile(folder: string, pathname: string): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    return undefined
  }
  if (path.includes('\0') || path.includes('\\')) return undefined
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
  return file.startsWith(folder + sep) ? file : undefined
}

/** An answer to the page. */
export interface PageAnswer {
  readonly status: 200 | 404 | 405
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/**
 * Answers a request for one of the renderer's files, with the strict headers whatever the outcome.
 *
 * Knows nothing of Electron, so tests serve the same page to a current Chromium. No `Response`: the
 * classes of `fetch` take the main process 35 ms to load (measured), with the window waiting.
 * @param folder absolute path of the built renderer
 */
export async function answerPageRequest(folder: string, method: string, pathname: string): Promise<PageAnswer> {
  if (method !== 'GET' && method !== 'HEAD') return refuse(405)
  const file = pageFile(folder, pathname)
  const mediaType = file === undefined ? undefined : MEDIA_TYPES[extname(file).toLowerCase()]
  if (file === undefined || mediaType === undefined) return refuse(404)
  try {
    const body = await readFile(file)
    return { status: 200, headers: { ...PAGE_HEADERS, 'content-type': mediaType }, body: method === 'HEAD' ? Buffer.alloc(0) : body }
  } catch {
    return refuse(404)
  }
}

function refuse(status: 404 | 405): PageAnswer {
  return { status, headers: PAGE_HEADERS, body: Buffer.alloc(0) }
}
