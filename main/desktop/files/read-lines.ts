import { createReadStream } from 'node:fs'
import { CallError } from '../errors.ts'

/**
 * Bytes that a line may have. An envelope has at most 32 KiB, 44 in base64;
 * its text beside it at most 16 KiB, 96 where each byte is escaped.
 */
export const MAX_LINE_BYTES = 262_144

const NEWLINE = 0x0A

/**
 * Reads a file line by line, whatever its size: undefined stands for a line
 * that is too long or no UTF-8. Empty lines are left out.
 *
 * @throws {CallError} `ERR_FILE` where it cannot be read
 */
export async function * readLines (path: string, signal?: AbortSignal): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let parts: Buffer[] = []
  let length = 0

  function line (): string | undefined {
    const bytes = Buffer.concat(parts)
    const isTooLong = length > MAX_LINE_BYTES
    parts = []
    length = 0
    if (isTooLong) return undefined
    try {
      return decoder.decode(bytes).trim()
    } catch {
      return undefined
    }
  }

  function gather (part: Buffer): void {
    length += part.byteLength
    // Of a line that is too long nothing more has to be held.
    if (length <= MAX_LINE_BYTES) parts.push(part)
    else parts = []
  }

  try {
    for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        gather(chunk.subarray(start, end))
        start = end + 1
        const read = line()
        if (read !== '') yield read
      }
      gather(chunk.subarray(start))
    }
  } catch (error) {
    if (error instanceof CallError) throw error
    throw new CallError('ERR_FILE', 'Natter cannot read this file: see whether it is still there, and who may read it.')
  }
  const last = line()
  if (last !== '') yield last
}
