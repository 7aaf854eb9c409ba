/** The limit of a circuit, as a relay enforces it or as it travels. */
interface Limit { readonly duration?: number, readonly data?: bigint }

/** A message of circuit relay v2 that can hold a limit. */
interface Limited { readonly limit?: Limit | undefined }

interface Messages { readonly write: (message: Limited, options?: object) => Promise<void> }

/** A stream on which messages are read and written. */
interface MessageStream { readonly pb: (codec: unknown) => Messages }

/** The part of libp2p's relay that its package types do not show and that is overridden here (circuit-relay-v2 4.2.13). */
interface Server {
  handleHopProtocol: (this: Server, hop: { readonly stream: MessageStream }, options: object) => Promise<void>
  stopHop: (stop: { readonly request: Limited }, options: object) => Promise<unknown>
}

/**
 * Trap: libp2p's relay enforces a circuit's duration in milliseconds and sends
 * the same number, where the specification has seconds. Go and Rust read 20 s
 * as 20,000 s, and are cut off without warning. Here what travels is turned
 * into seconds, to those who dial and to those who are dialled.
 *
 * It can go when libp2p sends seconds. No issue of js-libp2p says so.
 */
export function announceSeconds (relay: unknown): void {
  const server = relay as Server
  const handle: Server['handleHopProtocol'] = Reflect.get<Server, 'handleHopProtocol'>(server, 'handleHopProtocol')
  // Each circuit is opened by an object of its own above the server: libp2p-patches/join-circuits.ts.
  server.handleHopProtocol = async function (this: Server, hop, options) {
    return handle.call(this, { ...hop, stream: inSeconds(hop.stream) }, options)
  }
  const stop = server.stopHop.bind(server)
  server.stopHop = async ({ request, ...rest }, options) => stop({ ...rest, request: { ...request, limit: toSeconds(request.limit) } }, options)
}

function inSeconds (stream: MessageStream): MessageStream {
  return over(stream, {
    pb: (codec) => {
      const messages = stream.pb(codec)
      return over(messages, { write: async (message, options) => messages.write({ ...message, limit: toSeconds(message.limit) }, options) })
    }
  })
}

/** At least one second: none would mean no limit. */
function toSeconds (limit: Limit | undefined): Limit | undefined {
  return limit?.duration === undefined ? limit : { ...limit, duration: Math.max(1, Math.floor(limit.duration / 1_000)) }
}

function over<T extends object> (base: T, changed: Partial<T>): T {
  return Object.assign(Object.create(base) as T, changed)
}
