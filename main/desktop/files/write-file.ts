import { randomBytes } from 'node:crypto'
import { open, rename, unlink, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { diskWords } from '../../../words/disk.ts'
import { CallError } from '../errors.ts'

/** Characters that are gathered before they are written. */
const PIECE = 65_536

/**
 * Writes a file whole or not at all: beside its place first, then in it.
 * Readable by its owner only, since it holds what people said to each other.
 *
 * @throws {CallError} `ERR_FILE`; what was at `path` is as it was
 */
export async function writeFileWhole (path: string, texts: AsyncIterable<string>, signal?: AbortSignal): Promise<void> {
  await writeWhole(path, async (handle) => {
    let waiting = ''
    for await (const text of texts) {
      signal?.throwIfAborted()
      waiting += text
      if (waiting.length < PIECE) continue
      await handle.writeFile(waiting)
      waiting = ''
    }
    await handle.writeFile(waiting)
  })
}

/** Likewise, for what is in memory already. @throws {CallError} `ERR_FILE` */
export async function writeBytesWhole (path: string, bytes: Uint8Array): Promise<void> {
  await writeWhole(path, async (handle) => handle.writeFile(bytes))
}

async function writeWhole (path: string, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
  const part = `${path}.${randomBytes(6).toString('hex')}.part`
  let handle: FileHandle | undefined
  try {
    handle = await open(part, 'wx', 0o600)
    await fill(handle)
    await handle.sync()
    await handle.close()
    await rename(part, path)
  } catch (error) {
    await handle?.close().catch(() => {})
    await unlink(part).catch(() => {})
    throw toSentence(error, path)
  }
}

/** What reading the posts throws is left as it is. */
function toSentence (error: unknown, path: string): unknown {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined
  if (code === undefined) return error
  return new CallError('ERR_FILE', `${basename(path)} was not saved: ${diskWords(error)}. Choose another place and try again.`)
}
