import type { Channel } from '../../../main/node/types.ts'

/** How a pair of channels behaves. */
export interface PairOptions {
  readonly limited?: boolean
  /** Bytes that the relay lets through, both ways together. */
  readonly bytes?: number
  /** What went through the circuit so far, over whatever channel; counted on. @default nothing, this channel's alone */
  readonly passed?: Passed
  /** Messages after which the connection breaks. */
  readonly cutAfter?: number
  /** Milliseconds that a message may wait to be taken, or to come. @default 1,000 */
  readonly deadline?: number
}

/** Counts of what went through a pair. */
export interface Passed { messages: number, bytes: number }

/** Two ends of one conversation in memory; at most four messages wait to be read, as over a real one. */
export function channelPair (one: string, other: string, { limited = false, bytes, passed = { messages: 0, bytes: 0 }, cutAfter = Infinity, deadline = 1_000 }: PairOptions = {}): { readonly ends: readonly [Channel, Channel], readonly passed: Passed } {
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => {})
  const queues = [new Queue(), new Queue()] as const
  const fail = (reason: Error): void => {
    broken.reject(reason)
    for (const queue of queues) queue.wake()
  }
  const within = async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(new Error('deadline')) }, deadline) })
    try {
      return await Promise.race([work, late, broken.promise])
    } finally {
      clearTimeout(timer)
    }
  }
  const end = (peerId: string, out: Queue, into: Queue): Channel => ({
    peerId,
    limited,
    get bytesLeft () { return bytes === undefined ? undefined : Math.max(0, bytes - passed.bytes) },
    send: async (message) => {
      if (message.byteLength > 262_144) throw new RangeError('too long')
      passed.messages += 1
      passed.bytes += message.byteLength + 30
      if (passed.messages > cutAfter || (bytes !== undefined && passed.bytes > bytes)) fail(new Error('the connection broke'))
      await within(out.put(message))
    },
    receive: async () => within(into.take()),
    close: async () => { out.end() },
    abort: (reason) => { fail(reason) }
  })
  return { ends: [end(other, queues[0], queues[1]), end(one, queues[1], queues[0])], passed }
}

class Queue {
  readonly #messages: Uint8Array[] = []
  #ended = false
  #news = Promise.withResolvers<undefined>()

  async put (message: Uint8Array): Promise<void> {
    this.#messages.push(message.slice())
    this.wake()
    while (this.#messages.length > 4) await this.#news.promise
  }

  async take (): Promise<Uint8Array | undefined> {
    while (this.#messages.length === 0 && !this.#ended) await this.#news.promise
    const message = this.#messages.shift()
    this.wake()
    return message
  }

  end (): void {
    this.#ended = true
    this.wake()
  }

  wake (): void {
    this.#news.resolve(undefined)
    this.#news = Promise.withResolvers()
  }
}
