import type { Verdict } from '../../chat/history/types.ts'
import { openPost } from '../../chat/dialects/natter-post.ts'
import { MAX_APPEND } from '../../chat/limits.ts'
import { dialectOf, isShowable } from '../../chat/names.ts'
import { inTurns } from '../../chat/turns.ts'
import type { Chat } from '../../chat/types.ts'
import { CallError } from '../errors.ts'
import { readHeader, readLine } from './format.ts'
import { readLines } from './read-lines.ts'

/** Topics of one file that are joined; a person has fewer, and a forged file could name any number. */
const MAX_TOPICS = 500

/** What became of a file's lines. */
export interface Imported {
  /** Wire names of the topics that posts were taken for, in the order of the file. */
  readonly topics: readonly string[]
  readonly added: number
  readonly known: number
  /** Lines that hold no genuine post, or one that is not kept here: its author blocked, too old. */
  readonly refused: number
}

/**
 * Reads an export line by line. Each post is checked like one from the
 * network, so that a file which somebody changed can add nothing that its
 * authors did not sign. Topics of genuine posts are subscribed to.
 *
 * @throws {CallError} `ERR_BAD_EXPORT`, `ERR_FILE`
 * @throws {StoreError} what was taken before stays
 */
export async function importPosts (path: string, chat: Pick<Chat, 'subscriptions' | 'subscribe' | 'take' | 'markRead' | 'topics'>, signal?: AbortSignal): Promise<Imported> {
  const counts: Record<Verdict, number> = { kept: 0, known: 0, unwanted: 0, later: 0, refused: 0 }
  const topics = new Set<string>()
  /** Topics without unread posts before: what is imported is no news in them. */
  const read = new Set<string>()
  const lines = readLines(path, signal)
  const first = await lines.next()
  const ofAll = topicOf(first.done === true ? undefined : first.value)
  let batch: Uint8Array[] = []
  let topicOfBatch = ''

  async function join (topic: string, payloads: readonly Uint8Array[]): Promise<boolean> {
    if (topics.has(topic)) return true
    if (topics.size >= MAX_TOPICS || dialectOf(topic) !== 'natter' || !isShowable(topic)) return false
    const genuine = await inTurns(payloads, async (payload) => {
      const opened = await openPost(payload, 0)
      return opened.ok && opened.post.topic === topic
    })
    if (!genuine.includes(true)) return false
    chat.subscribe(topic)
    topics.add(topic)
    if (chat.topics().find(({ id }) => id === topic)?.unread === 0) read.add(topic)
    return true
  }

  async function takeBatch (): Promise<void> {
    const payloads = batch
    batch = []
    if (payloads.length === 0) return
    if (!await join(topicOfBatch, payloads)) {
      counts.refused += payloads.length
      return
    }
    for (const verdict of await chat.take(topicOfBatch, payloads)) counts[verdict]++
  }

  for await (const line of lines) {
    const post = line === undefined ? undefined : readLine(line)
    const topic = post?.topic ?? ofAll
    if (post === undefined || topic === undefined) {
      counts.refused++
      continue
    }
    if (topic !== topicOfBatch || batch.length >= MAX_APPEND) await takeBatch()
    topicOfBatch = topic
    batch.push(post.payload)
  }
  await takeBatch()
  for (const topic of read) await chat.markRead(topic)
  return { topics: [...topics], added: counts.kept, known: counts.known, refused: counts.refused + counts.unwanted + counts.later }
}

function topicOf (header: string | undefined): string | undefined {
  const read = readHeader(header ?? '')
  if (read.kind === 'read') return read.topic
  throw new CallError('ERR_BAD_EXPORT', read.kind === 'newer'
    ? 'This file was written by a newer Natter: update Natter to read it.'
    : 'This file is no export that Natter can read: pick one that Natter saved as JSON Lines.')
}
