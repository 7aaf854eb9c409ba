import { UpdateError } from './errors.ts'

/** Bytes that a feed's file may have: some releases' notes, and room. */
export const MAX_FEED_BYTES = 65_536
/** Milliseconds until the whole file has to be there. */
const DEADLINE = 30_000

/** Fetches over HTTP. */
export type Fetch = (url: string, options: { readonly signal: AbortSignal, readonly cache: 'no-store', readonly credentials: 'omit' }) => Promise<Response>

/**
 * Gets a small file whole, or not at all.
 *
 * @throws {UpdateError} `ERR_FEED_UNREACHABLE`
 */
export async function fetchFeed (url: URL, { fetch, signal, deadline = DEADLINE }: { readonly fetch: Fetch, readonly signal: AbortSignal, readonly deadline?: number }): Promise<Uint8Array> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(deadline)])
  let response: Response
  try {
    response = await fetch(url.href, { signal: limit, cache: 'no-store', credentials: 'omit' })
  } catch (cause) {
    throw unreachable(url, limit.aborted ? 'did not answer in time' : `could not be reached${isOfProxy(cause) ? ': the proxy does not lead there' : ''}`, cause)
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw unreachable(url, `answered with the error ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > MAX_FEED_BYTES) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw unreachable(url, limit.aborted ? 'did not answer in time' : 'broke off', cause)
  }
  // Leaving the loop has cancelled the rest.
  if (length > MAX_FEED_BYTES) throw unreachable(url, 'answered with more than a feed has')
  return Buffer.concat(chunks)
}

/** As Chromium names it. */
function isOfProxy (error: unknown): boolean {
  return error instanceof Error && /ERR_(?:PROXY|TUNNEL|MANDATORY_PROXY)_/u.test(error.message)
}

function unreachable (url: URL, what: string, cause?: unknown): UpdateError {
  return new UpdateError('ERR_FEED_UNREACHABLE', `The update feed at ${url.host} ${what}. Natter asks again later.`, { cause })
}
