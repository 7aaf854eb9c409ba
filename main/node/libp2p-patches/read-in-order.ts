import type { Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** Bytes that may wait to be read; the stream is paused beyond them. A few of the packets that sockets bring. */
const MOST = 131_072

type Bytes = Uint8Array | Uint8ArrayList

/**
 * What a stream brings, at the pace at which it is read.
 *
 * Symptom: whoever reads a stream by `for await` and is slower than its sender keeps all of it: the ping protocol
 * alone took a desktop from 187 to 837 MiB in 10 s (measured).
 * Cause: the iterator of @libp2p/utils pushes what comes into a queue without end.
 * Fix: the stream is paused while much waits.
 * Scope: every stream that is read by iteration.
 * Upstream: none filed (2026-12-01).
 * Can go when: `AbstractMessageStream` pauses itself (test/net/read-in-order.test.ts passes without this).
 *
 * @throws what the stream ended with, after all that came before
 */
export async function * readInOrder (stream: Stream): AsyncGenerator<Bytes> {
  const queue: Bytes[] = []
  let [waiting, isPaused, isOver] = [0, false, false]
  let error: Error | undefined
  let wake: (() => void) | undefined

  const onMessage = ({ data }: { readonly data: Bytes }): void => {
    queue.push(data)
    waiting += data.byteLength
    if (waiting > MOST && stream.readStatus === 'readable') {
      isPaused = true
      stream.pause()
    }
    wake?.()
  }
  const onEnd = (): void => {
    isOver = true
    wake?.()
  }
  const onClose = (event: { readonly error?: Error }): void => {
    error = event.error
    if (error !== undefined || stream.readBufferLength === 0) isOver = true
    wake?.()
  }
  // What waits in a paused stream comes before its end.
  const onRemoteEnd = (): void => { if (stream.readBufferLength === 0) onEnd() }
  const goOn = (): void => {
    if (isPaused && waiting <= MOST / 2) {
      isPaused = false
      if (stream.readStatus === 'paused') stream.resume()
    }
  }

  if (stream.readStatus === 'closing' || stream.readStatus === 'closed') return
  stream.addEventListener('message', onMessage)
  stream.addEventListener('end', onEnd)
  stream.addEventListener('close', onClose)
  stream.addEventListener('remoteCloseWrite', onRemoteEnd)
  try {
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) {
        waiting -= next.byteLength
        goOn()
        yield next
      } else if (error !== undefined) {
        throw error
      } else if (isOver) {
        return
      } else {
        await new Promise<void>((resolve) => { wake = resolve })
      }
    }
  } finally {
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('end', onEnd)
    stream.removeEventListener('close', onClose)
    stream.removeEventListener('remoteCloseWrite', onRemoteEnd)
    // Nobody reads it from here: what waits is the stream's own to bound.
    if (isPaused && stream.readStatus === 'paused') stream.resume()
  }
}
