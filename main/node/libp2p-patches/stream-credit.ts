import type { Stream, StreamMuxer } from '@libp2p/interface'

/** What a stream of yamux has beyond its interface, as read in libp2p-yamux 8.0.1 and @libp2p/utils 7.4.1. */
interface YamuxStream extends Stream {
  readonly state: number
  protocol: string
  readonly readBuffer: { readonly byteLength: number }
  sendWindowUpdate: () => void
  sendResume: () => void
  handleData: (frame: unknown) => void
  dispatchReadBuffer: () => void
  resume: () => void
}

/** States in which a window update also opens the stream, or accepts it. */
const OPENING: ReadonlySet<number> = new Set([0, 2])

/**
 * Grants a peer window for what was read, and for nothing else.
 *
 * Symptom: a stream that nobody reads, or whose protocol is not agreed on, takes in 4 MiB before it is reset, and one
 * that is paused again while it resumes takes in a window more each time.
 * Cause: yamux grants a new window for each data frame, whether or not somebody took the data, and `resume()` grants
 * one even where a listener paused the stream while it was handed what had waited.
 * Fix: no grant while data waits in the stream or its protocol is open; it is made up for when that has changed.
 * Scope: every stream. The specification asks for no more: the window of a new stream is 256 KiB.
 * Upstream: none filed (2026-12-01).
 * Can go when: a stream without a listener stops at its window (test/net/stream-credit.test.ts passes without this).
 */
export function grantWhatIsRead (stream: Stream): void {
  const inner = stream as YamuxStream
  const grant = inner.sendWindowUpdate.bind(inner)
  const resumeSending = inner.sendResume.bind(inner)
  const handle = inner.handleData.bind(inner)
  const dispatch = inner.dispatchReadBuffer.bind(inner)
  const resume = inner.resume.bind(inner)
  // Both grant by themselves, after they have handed on what there is.
  let isGranted = false
  const granting = (work: () => void): void => {
    const before = isGranted
    isGranted = true
    try {
      work()
    } finally {
      isGranted = before
    }
  }

  inner.sendWindowUpdate = () => {
    if ((inner.readBuffer.byteLength === 0 && protocol !== '') || OPENING.has(inner.state)) grant()
  }
  let { protocol } = inner
  Object.defineProperty(inner, 'protocol', {
    get: () => protocol,
    set: (name: string) => {
      protocol = name
      if (inner.status === 'open') inner.sendWindowUpdate()
    }
  })
  inner.sendResume = () => {
    if (inner.readStatus !== 'paused') resumeSending()
  }
  inner.handleData = (frame) => { granting(() => { handle(frame) }) }
  inner.resume = () => { granting(resume) }
  inner.dispatchReadBuffer = () => {
    const waited = inner.readBuffer.byteLength > 0
    dispatch()
    if (waited && !isGranted && inner.status === 'open') inner.sendWindowUpdate()
  }
}

/** What a muxer has beyond its interface. */
interface Makes { _newStream: (...args: readonly unknown[]) => Stream }

/** Has each stream that a muxer makes changed before anybody else sees it. */
export function onNewStream (muxer: StreamMuxer, change: (stream: Stream) => void): void {
  const inner = muxer as StreamMuxer & Makes
  const make = inner._newStream.bind(inner)
  inner._newStream = (...args) => {
    const stream = make(...args)
    change(stream)
    return stream
  }
}
