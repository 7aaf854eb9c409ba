import { setImmediate as nextTurn } from 'node:timers/promises'
import { StreamCloseEvent, StreamMessageEvent, type Stream, type StreamHandlerOptions } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import { decode, encode } from 'it-length-prefixed'
import type { Uint8ArrayList } from 'uint8arraylist'
import { TurnTime } from '../event-turn.ts'
import { hostOf, isCircuit } from '../addresses/kinds.ts'
import { HeldBytes, type HeldAccount } from '../guard/held-bytes.ts'
import { readInOrder } from '../libp2p-patches/read-in-order.ts'
import { MAX_PUBSUB_MESSAGES, MAX_UNFINISHED_BYTES, SMALL_PUBSUB_MESSAGE } from '../limits.ts'
import { Quota } from '../quota.ts'
import type { Lines } from './lines.ts'
import { overlay } from './limited-components.ts'

/**
 * Milliseconds a turn for which frames of one peer are read. By time and not by number: empty ones cost next to
 * nothing, and the sooner those beyond the allowance are reached, the shorter is everybody else held up (at 16 a turn
 * 0.4 s, measured).
 */
const A_READ = 1
/** Bytes of a frame, both routers' own bound. */
const MAX_FRAME = 4_194_304

/** How much is read, and who hears of a peer that sends more. */
export interface PaceOptions {
  readonly lines: Pick<Lines, 'room'>
  /** `all`: each frame counts. `small`: those that hold no post do; a neighbor forwards what others post. */
  readonly counts: 'all' | 'small'
  /** Peers that are read on whatever they send: they forward what others do. */
  readonly isExempt: (peer: string) => boolean
  readonly onFlood: (peer: string) => void
}

type Told = 'message' | 'remoteCloseWrite' | 'close' | 'end'
type Listener = (event: never) => void

/**
 * Gives routers streams that bring a peer's frames one by one, no faster than they are handled.
 *
 * Symptom: frames without content, 65,000 of which fit into one packet, froze a window for 8 s; and what a neighbor
 * sends faster than its posts are checked waits in memory (measured).
 * Cause: routers read a stream as fast as it brings something, and handle all of it in one go.
 * Fix: frames are counted and handed on for {@link A_READ} a turn, while their peer's line has room; the stream is
 * paused otherwise.
 * Scope: pubsub streams that peers open, under both routers.
 * Upstream: none filed (2026-12-01).
 * Can go when: test/hostile/desktop passes without this.
 */
export function pacedComponents<C extends { readonly registrar: Registrar }> (components: C, options: PaceOptions): C {
  const { registrar } = components
  const { atOnce, perSecond } = MAX_PUBSUB_MESSAGES
  const quota = new Quota({ perWindow: atOnce, window: atOnce / perSecond * 1_000 })
  const unfinished = new HeldBytes(MAX_UNFINISHED_BYTES)
  const wrapped: Registrar = overlay(registrar, {
    handle: async (protocol, handler, more?: StreamHandlerOptions) =>
      registrar.handle(protocol, async (stream, connection) => {
        const peer = connection.remotePeer.toString()
        const isTooMuch = (bytes: number): boolean => (options.counts === 'all' || bytes < SMALL_PUBSUB_MESSAGE) && !quota.take(peer) && !options.isExempt(peer)
        const account = unfinished.open(isCircuit(connection.remoteAddr) ? peer : hostOf(connection.remoteAddr) ?? peer)
        return handler(paced(stream, peer, isTooMuch, account, options), connection)
      }, more)
  })
  return overlay(components, { registrar: wrapped } as Partial<C>)
}

/** Bytes of the length before a frame: seven bits each. */
function prefixOf (bytes: number): number {
  let length = 1
  for (let rest = bytes; rest > 127; rest = Math.floor(rest / 128)) length++
  return length
}

function paced (stream: Stream, peer: string, isTooMuch: (bytes: number) => boolean, account: HeldAccount, { lines, onFlood }: PaceOptions): Stream {
  const listeners: Record<Told, Map<Listener, boolean>> = { message: new Map(), remoteCloseWrite: new Map(), close: new Map(), end: new Map() }
  const tell = (type: Told, event: Event): void => {
    for (const [listener, once] of [...listeners[type]]) {
      if (once) listeners[type].delete(listener)
      listener(event as never)
    }
  }
  const time = new TurnTime(A_READ)
  let [hasBegun, isOver, isClosed] = [false, false, false]

  /** Counts what came of a frame before all of it is here: nobody else sees these bytes. */
  let waiting = 0
  async function * counted (): AsyncGenerator<Uint8Array | Uint8ArrayList> {
    for await (const bytes of readInOrder(stream)) {
      waiting += bytes.byteLength
      account.set(stream, waiting)
      yield bytes
    }
  }
  async function read (): Promise<void> {
    try {
      for await (const frame of decode(counted(), { maxDataLength: MAX_FRAME })) {
        waiting = Math.max(0, waiting - frame.byteLength - prefixOf(frame.byteLength))
        account.set(stream, waiting)
        if (isTooMuch(frame.byteLength)) {
          onFlood(peer)
          stream.abort(new RangeError('the peer sends more than anybody needs'))
          return
        }
        await lines.room(peer)
        while (time.isOver()) {
          await nextTurn()
          time.begin()
        }
        hand(frame)
      }
    } catch (error) {
      // It ended amid a frame, or was reset: its end says so. Anything else is no frame.
      if (stream.status === 'open') stream.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      isOver = true
      account.close()
      if (stream.remoteWriteStatus === 'closed') {
        tell('remoteCloseWrite', new Event('remoteCloseWrite'))
        tell('end', new Event('end'))
      }
      if (isClosed) tell('close', new StreamCloseEvent())
    }
  }
  function hand (frame: Uint8ArrayList): void {
    tell('message', new StreamMessageEvent(encode.single(frame)))
  }

  stream.addEventListener('close', (event) => {
    isClosed = true
    // A reset ends what waits too.
    if (event.error !== undefined || isOver) {
      listeners.message.clear()
      tell('close', event)
    }
  })
  return overlay(stream, {
    get remoteWriteStatus () { return isOver ? stream.remoteWriteStatus : 'writable' },
    addEventListener: (type: string, listener: Listener, options?: { readonly once?: boolean }) => {
      if (!(type in listeners)) {
        stream.addEventListener(type as 'drain', listener as never, options)
        return
      }
      listeners[type as Told].set(listener, options?.once === true)
      if (type === 'message' && !hasBegun) {
        hasBegun = true
        // Whoever else listens does so in this turn.
        queueMicrotask(() => {
          time.begin()
          void read()
        })
      }
    },
    removeEventListener: (type: string, listener: Listener) => {
      if (type in listeners) listeners[type as Told].delete(listener)
      else stream.removeEventListener(type as 'drain', listener as never)
    }
  } as Partial<Stream>)
}
