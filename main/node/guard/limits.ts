/** The figures that bound what peers may send on a connection, and have us keep. */

/**
 * Streams that a peer may open on one connection: so many at once, and so many
 * a second after that. Each costs a relay about 1 ms, refused or not. Somebody
 * who opens circuits to 100 people on each of two topics needs 200. Who goes
 * beyond is disconnected, and refused for a minute.
 */
export const MAX_NEW_STREAMS = { atOnce: 500, perSecond: 50 } as const

/**
 * Bytes, either way, that pay for a small piece (a message of Noise, a frame of yamux). A relay carries what is large.
 * A desktop gets posts from neighbors that forward them: the smallest signed post has some 250 bytes, in two pieces.
 */
export const PAYS_FOR_A_FRAME = { relay: 1_024, desktop: 128 } as const

/**
 * Bytes that may wait in memory because their reader is slow, in all streams of one connection, and in all
 * connections together; then the stream that holds most is reset. 8 MiB are eight circuits whose readers stand
 * still, at the full window of each. A desktop carries little for others, and shares the memory of its computer.
 */
export const MAX_HELD_BYTES = {
  relay: { perConnection: 8_388_608, total: 33_554_432 },
  desktop: { perConnection: 8_388_608, total: 25_165_824 }
} as const

/** Bytes of frames of pubsub that have begun and not ended: of one stream, a frame at its largest and what comes with it; of all together. Then the stream that holds most is reset. */
export const MAX_UNFINISHED_BYTES = { perConnection: 4_456_448, total: 25_165_824 } as const

/** Bytes beside streams that may wait for a peer that reads nothing: answers to its own frames. Then the connection ends. */
export const MAX_UNSENT_BYTES = 4_194_304

/**
 * Small pieces (messages of Noise, frames of yamux) that a peer may send
 * on one connection beyond one for each {@link PAYS_FOR_A_FRAME} that passes there: so many at once,
 * and so many a second after that. Each costs a decryption or a look however
 * little it holds, and 5,000 fit into one packet: others waited 1.6 s (measured).
 * Who goes beyond is disconnected, and refused for a minute.
 */
export const MAX_SMALL_FRAMES = { atOnce: 1_000, perSecond: 500 } as const

/**
 * The same for an IP address, for each of the connections that it may have: at
 * 512 of them 10,240 at once and 5,120 a second, 100 a
 * second for each of 50 people behind one NAT. Where an address goes beyond, those
 * are disconnected who send more than this share.
 */
export const MAX_SMALL_FRAMES_SHARE = { atOnce: 20, perSecond: 10 } as const

/**
 * The same for frames that go on to somebody else, through circuits. Twelve
 * people who come and go on one Floodsub topic, each with circuits to eleven,
 * sent 1,289 a second on one connection and 6,770 all together (measured while
 * some were cut off).
 */
export const MAX_CIRCUIT_FRAMES = { atOnce: 2_000, perSecond: 3_000 } as const
export const MAX_CIRCUIT_FRAMES_SHARE = { atOnce: 80, perSecond: 40 } as const

/**
 * Bytes that may be on their way on one stream before their reader grants more: 4 MiB are 100 Mbit/s over 300 ms,
 * and a relay's 1 MiB what goes through one circuit in 100 ms. A frame has no more; a muxer would wait for the rest
 * of one of 4 GiB, and keep what came.
 */
export const MAX_STREAM_WINDOW = { desktop: 4_194_304, relay: 1_048_576 } as const

/** Answers to a peer that has not yet chosen a protocol, on a connection or a stream: it names a handful. Each 4 bytes that it sends would bring it 600. */
export const MAX_ANSWERS_BEFORE_PROTOCOL = 32
