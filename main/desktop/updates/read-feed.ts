import type { BuildConfig } from './build-config.ts'
import { feedFileName, readFeedAddress } from './feed-address.ts'
import { fetchFeed, type Fetch } from './fetch-feed.ts'
import { readRelease, type Release } from './release.ts'
import { verifyFeed } from './signature.ts'

/** What {@link readFeed} asks, and how. */
export interface FeedQuery {
  /** The feed of the person's choice or of the package; not ''. */
  readonly address: string
  readonly keys: BuildConfig['updateKeys']
  readonly platform: NodeJS.Platform
  readonly arch: string
  readonly fetch: Fetch
  readonly signal: AbortSignal
}

/**
 * The newest version that a feed offers for this system. Its order is the
 * point: address, bytes, signature, and only then what the bytes say.
 *
 * @returns the release, and the folder that its files lie in
 * @throws {UpdateError}
 */
export async function readFeed ({ address, keys, platform, arch, fetch, signal }: FeedQuery): Promise<{ readonly release: Release, readonly base: URL }> {
  const base = readFeedAddress(address)
  const fileName = feedFileName(platform, arch)
  const bytes = await fetchFeed(new URL(fileName, base), { fetch, signal })
  return { release: readRelease(verifyFeed(bytes, fileName, keys)), base }
}
