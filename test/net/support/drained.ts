import type { MessageStream } from '@libp2p/interface'

/**
 * Sends, and waits until the stream takes more.
 *
 * Trap: `onDrain()` of @libp2p/utils 7.4.1 keeps its first promise, and from the second time on waits for nothing.
 */
export async function sendAll (stream: MessageStream, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  if (stream.send(bytes)) return
  await new Promise<void>((resolve, reject) => {
    stream.addEventListener('drain', () => { resolve() }, { once: true })
    stream.addEventListener('close', () => { reject(new Error('the stream has ended')) }, { once: true })
    signal?.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true })
  })
}
