import type { Connection, Stream, StreamHandler } from '@libp2p/interface'

/** What libp2p's server keeps to itself and is steered here (circuit-relay-v2 4.2.13). */
export interface HopServer {
  onHop: StreamHandler
  stopHop: (options: StopOptions, ...rest: readonly unknown[]) => Promise<Stream | undefined>
}
interface StopOptions {
  readonly connection: Connection
  /** What the circuit may carry, as the destination is told. */
  readonly request: { readonly limit?: { readonly data?: bigint } }
}

/** What a stream has beyond its interface (@libp2p/utils 7.4.1). */
interface Inner extends Stream {
  readonly readBuffer: { readonly byteLength: number }
}

/** Milliseconds in which the rest of a circuit whose one end has gone is read at the other one. */
const REST = 10_000

/**
 * Joins the two streams of each circuit, in the place of libp2p's own joint.
 *
 * Symptom: a relay kept all that one end of a circuit sent and the other one did not read, 1.4 GB in 14 s; and of
 * every circuit all that its dialer had sent, read or not, until the circuit closed (measured).
 * Cause: `messageStreamToDuplex` of @libp2p/utils pushes what a stream brings into a queue without end, and never
 * pauses the stream. The relay joins `pipe(source, destination, source)`, which makes two such queues for the source
 * and reads one of them.
 * Fix: data is handed from stream to stream directly, and a stream is paused while the other one takes nothing, so
 * that its window runs out and its sender stops. libp2p's joint is left with streams that bring nothing.
 * Scope: the two streams of a circuit, at the relay, from the moment at which both ends agreed.
 * Upstream: none filed (2026-12-01).
 * Can go when: test/net/relay/backpressure.test.ts passes without this.
 *
 * @param onBytes told of what circuits carry, either way
 */
export function joinCircuits (server: HopServer, onBytes: (bytes: number) => void): void {
  // The server binds its own to itself.
  const { onHop } = Object.getPrototypeOf(server) as Pick<HopServer, 'onHop'>
  const stopHop = server.stopHop.bind(server)
  server.onHop = async (stream, connection) => {
    const source = end(stream as Inner)
    const forThisStream = Object.assign(Object.create(server) as HopServer, {
      stopHop: async (options: StopOptions, ...rest: readonly unknown[]) => {
        const opened = await stopHop(options, ...rest)
        if (opened === undefined) return undefined
        const destination = end(opened as Inner)
        let isJoined = false
        const join = (): void => {
          if (isJoined) return
          isJoined = true
          // The server asks for both in one go.
          queueMicrotask(() => { joinStreams(stream as Inner, opened as Inner, options.request.limit?.data, onBytes) })
        }
        stream.addEventListener('close', () => { if (!isJoined) opened.abort(new Error('the dialer has gone')) }, { once: true })
        source.handOver(join)
        destination.handOver(join)
        return destination.stream
      }
    })
    await onHop.call(forThisStream, source.stream, connection)
  }
}

/** A stream as libp2p's server sees it. */
interface End {
  readonly stream: Stream
  /** From now on it brings nothing to the server, and takes nothing from it; `onReady` is told once the server would join it. */
  readonly handOver: (onReady: () => void) => void
}

function end (inner: Inner): End {
  let onReady: (() => void) | undefined
  const over = {
    addEventListener: (...args: Parameters<Stream['addEventListener']>) => {
      if (onReady === undefined || args[0] !== 'message') inner.addEventListener(...args)
      else onReady()
    },
    // The joint closes what it has read to the end; ours knows when that is.
    close: async (...args: Parameters<Stream['close']>) => onReady === undefined ? inner.close(...args) : undefined
  }
  return {
    stream: new Proxy(inner, {
      get (target, property) {
        const value: unknown = Reflect.get(property in over ? over : target, property, target)
        return typeof value === 'function' && !(property in over) ? (value as (...args: unknown[]) => unknown).bind(target) : value
      }
    }),
    handOver: (told) => { onReady = told }
  }
}

function joinStreams (source: Inner, destination: Inner, limit: bigint | undefined, onBytes: (bytes: number) => void): void {
  let left = limit === undefined ? Infinity : Number(limit)
  const abortBoth = (error: Error): void => {
    source.abort(error)
    destination.abort(error)
  }
  const passed = (bytes: number): void => {
    onBytes(bytes)
    left -= bytes
    if (left < 0) abortBoth(new RangeError('the circuit carried as many bytes as it may'))
  }
  pass(source, destination, passed, abortBoth)
  pass(destination, source, passed, abortBoth)
}

function pass (from: Inner, to: Inner, passed: (bytes: number) => void, abortBoth: (error: Error) => void): void {
  let isEnded = false
  const endWhenRead = (): void => {
    if (isEnded || from.readBuffer.byteLength > 0) return
    isEnded = true
    to.close({ signal: AbortSignal.timeout(REST) }).catch(abortBoth)
  }
  const goOn = (): void => {
    if (from.readStatus === 'paused') from.resume()
    if (from.remoteWriteStatus === 'closed') endWhenRead()
  }

  from.addEventListener('message', ({ data }) => {
    passed(data.byteLength)
    if (to.writeStatus !== 'writable') return
    try {
      if (!to.send(data) && from.readStatus === 'readable') from.pause()
    } catch (error) {
      abortBoth(error as Error)
    }
  })
  to.addEventListener('drain', goOn)
  from.addEventListener('remoteCloseWrite', endWhenRead)
  from.addEventListener('close', ({ error }) => {
    if (error !== undefined) {
      to.abort(error)
      return
    }
    endWhenRead()
    // What is left is somebody's last words, and has so long to be read.
    if (!isEnded) setTimeout(() => { if (!isEnded) to.abort(new Error('the other end has gone')) }, REST).unref()
  })
  to.addEventListener('close', () => {
    // There is nobody left to hear it.
    if (from.remoteWriteStatus !== 'closed') setTimeout(() => { from.abort(new Error('the other end has gone')) }, REST).unref()
  })
}
