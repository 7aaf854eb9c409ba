import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf'
import { multiaddr } from '@multiformats/multiaddr'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { POST_ENVELOPE } from '../../../main/chat/dialects/natter-post.ts'
import { PostSchema } from '../../../main/chat/dialects/post_pb.ts'
import { createTextDialect } from '../../../main/chat/dialects/text.ts'
import { listOf, packViews, unpackViews } from '../../../main/chat/history/views.ts'
import { packAsked, unpackAsked, type Asked } from '../../../main/chat/history/keys.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../../../main/chat/history/codec.ts'
import { openRecord } from '../../../main/node/discovery/records.ts'
import { decodeIdentity, encodeIdentity, generateIdentity, peerIdOf } from '../../../main/node/identity.ts'
import * as messages from '../../../main/node/node_pb.ts'
import { HolePunchSchema } from '../../../main/node/paths/hole-punch_pb.ts'
import { readStanding } from '../../../main/node/relay/standing.ts'
import { sealEnvelope } from '../../../main/node/signed-envelope.ts'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { ofBytes, type Decoder } from './fuzz.ts'

const TOPIC = '/natter/1/garden'
/** What protobuf's runtime throws where bytes are no message. */
const NO_MESSAGE = ['Error', 'RangeError', 'InvalidPath', 'TypeError']

const key = await generateIdentity()
const peer = peerIdFromPrivateKey(key)
const multihash = peer.toMultihash().bytes
const record = (await RecordEnvelope.seal(new PeerRecord({ peerId: peer, multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/4001'), multiaddr('/dns4/relay.example.org/tcp/443/wss')] }), key)).marshal()
const dialect = createNatterDialect(key)
const { payload } = await dialect.encode({ topic: TOPIC, authorName: 'Ada', text: 'Who is in for Thursday? 🥁', time: 1_780_000_000_000, newest: 3 })
const decode = async (data: Uint8Array): Promise<unknown> => dialect.decode({ topic: TOPIC, data, receivedAt: 1_780_000_001_000, from: peerIdOf(key), id: 'a' })

function message<S extends DescMessage> (schema: S, init: MessageInitShape<S>): Decoder {
  return ofBytes(`message ${schema.name}`, [toBinary(schema, create(schema, init))], (bytes) => fromBinary(schema, bytes), NO_MESSAGE)
}

const salt = new Uint8Array(16).fill(7)
const asked: readonly Asked[] = [{ prefix: '', list: false }]
const entries = [1_780_000_000_000, 1_780_000_000_005].map((stamp, at) => ({ stamp, id: new Uint8Array(32).fill(at + 1) }))
const views = packViews(asked, [listOf(salt, entries)])
const ranges = packAsked([{ prefix: '0', list: false }, { prefix: '1a', list: true }])
const QUESTIONS = [
  encodeRequest({ case: 'hello', value: { version: 1, topic: TOPIC, salt, floor: 5n } }),
  encodeRequest({ case: 'ranges', value: { prefixes: ranges } }),
  encodeRequest({ case: 'exchange', value: { groups: [{ prefix: ranges, shorts: new Uint8Array(16) }], offer: new Uint8Array(32), maxBytes: 100_000 } }),
  encodeRequest({ case: 'put', value: { payloads: [payload], last: true } })
]
const ANSWERS = [
  encodeAnswer({ case: 'welcome', value: { floor: 1n, fingerprint: salt, view: views } }),
  encodeAnswer({ case: 'views', value: { views } }),
  encodeAnswer({ case: 'posts', value: { payloads: [payload] } }),
  encodeAnswer({ case: 'given', value: { skipped: 2, wanted: salt } }),
  encodeAnswer({ case: 'end', value: { reason: 'enough' } })
]

/** What peers send. */
export const WIRE_DECODERS: readonly Decoder[] = [
  ofBytes('post in its envelope', [payload], decode),
  ofBytes('post that its author signed', [toBinary(PostSchema, create(PostSchema, {
    author: multihash, displayName: 'Ada', timeMs: 1_780_000_000_000n, body: 'Who is in?', topic: TOPIC, nonce: new Uint8Array(8), order: 4n
  }))], async (content) => decode(await sealEnvelope(POST_ENVELOPE, content, key))),
  ofBytes('post of another program', [new TextEncoder().encode('plain text, as chat programs of libp2p send it')], async (data) =>
    createTextDialect(peerIdOf(key)).decode({ topic: 'room', data, receivedAt: 0, from: peerIdOf(key), id: 'a' })),
  ofBytes('question of history', QUESTIONS, decodeRequest, ['HistoryError']),
  ofBytes('answer of history', ANSWERS, decodeAnswer, ['HistoryError']),
  ofBytes('views of history', [views], (bytes) => unpackViews(asked, bytes), ['RangeError']),
  ofBytes('ranges of history', [ranges], (bytes) => unpackAsked(bytes, 64), ['RangeError']),
  ofBytes('signed peer record', [record], openRecord, ['NodeError']),
  ofBytes('what a relay says of a place', [toBinary(messages.StandingSchema, create(messages.StandingSchema, { reason: 'draining', seconds: 60, time: 1_780_000_000_000n }))], readStanding, NO_MESSAGE),
  message(messages.StandingRequestSchema, { circuitTo: multihash }),
  message(messages.NoticeAnswerSchema, { moves: true }),
  message(messages.RelayRecordsSchema, { records: [record, record] }),
  message(messages.DialBackRequestSchema, { address: multiaddr('/ip4/192.0.2.1/tcp/4001').bytes }),
  message(messages.DialBackResponseSchema, {}),
  message(messages.MembersSchema, { topics: [{ topic: TOPIC, records: [record], left: [multihash], unrecorded: 3 }] }),
  message(HolePunchSchema, { type: 100, observedAddresses: [multiaddr('/ip4/192.0.2.1/tcp/4001').bytes] }),
  ofBytes('address as bytes', [multiaddr('/ip4/192.0.2.1/tcp/4001/p2p/' + peerIdOf(key)).bytes, multiaddr('/dns4/relay.example.org/tcp/443/tls/ws').bytes], (bytes) => multiaddr(bytes).toString(),
    ['InvalidMultiaddrError', 'ValidationError', 'UnknownProtocolError', 'RangeError', 'TypeError', 'Error', 'SyntaxError']),
  ofBytes('identity key', [encodeIdentity(key)], decodeIdentity, ['NodeError'])
]
