import type { Store, StoredPost } from '../../store/types.ts'
import { writeHeader, writeLine, type ExportedPost } from './format.ts'
import { writeFileWhole } from './write-file.ts'
import { writeHtml } from './html.ts'

/** Posts that are read at once; 500 of 16 KiB are 16 MiB with their envelopes. */
const PAGE = 500

/** Where and how an export goes. */
export interface ExportOptions {
  readonly path: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** Ends it; nothing is left behind. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Saves a topic, page by page.
 *
 * @returns posts that were saved
 * @throws {CallError} `ERR_FILE`
 * @throws {StoreError}
 */
export async function exportTopic (store: Pick<Store, 'read'>, { topic, title, format, path, now, signal }: ExportOptions & { readonly topic: string, readonly title: string, readonly format: 'jsonl' | 'html' }): Promise<number> {
  const counted = count(readAll(store, topic))
  await writeFileWhole(path, format === 'html' ? writeHtml(counted.items, { title, now }) : toLines(exported(counted.items), topic, now), signal)
  return counted.sum()
}

/**
 * Saves posts of many topics as JSON Lines that {@link importPosts} reads.
 *
 * @returns posts that were saved
 * @throws {CallError} `ERR_FILE`
 */
export async function exportMany (posts: AsyncIterable<ExportedPost>, { path, now, signal }: ExportOptions): Promise<number> {
  const counted = count(posts)
  await writeFileWhole(path, toLines(counted.items, undefined, now), signal)
  return counted.sum()
}

async function * readAll (store: Pick<Store, 'read'>, topic: string): AsyncGenerator<StoredPost> {
  let after: number | undefined
  for (;;) {
    const page = await store.read(topic, after, PAGE)
    yield * page
    if (page.length < PAGE) return
    after = page.at(-1)?.post.order
  }
}

async function * exported (posts: AsyncIterable<StoredPost>): AsyncGenerator<ExportedPost> {
  for await (const { post: { id, topic, author, authorName: name, time, text }, payload } of posts) yield { id, topic, author, name, time, text, payload }
}

async function * toLines (posts: AsyncIterable<ExportedPost>, topic: string | undefined, now: number): AsyncGenerator<string> {
  yield `${writeHeader(topic, now)}\n`
  for await (const post of posts) yield `${writeLine(post, topic === undefined)}\n`
}

function count<T> (items: AsyncIterable<T>): { readonly items: AsyncIterable<T>, readonly sum: () => number } {
  let sum = 0
  async function * counted (): AsyncGenerator<T> {
    for await (const item of items) {
      sum++
      yield item
    }
  }
  return { items: counted(), sum: () => sum }
}
