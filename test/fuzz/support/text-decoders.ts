import { create, toBinary } from '@bufbuild/protobuf'
import { multiaddr } from '@multiformats/multiaddr'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { readCommandLine } from '../../../main/desktop/command-line/command-line.ts'
import { readListReference } from '../../../main/desktop/relay-sources/lists/reference.ts'
import { cleanNotes } from '../../../main/desktop/updates/notes.ts'
import { readFeedAddress } from '../../../main/desktop/updates/feed-address.ts'
import { readPlace, readSystemAnswer } from '../../../main/desktop/proxy/system-answer.ts'
import { explainAddress } from '../../../main/node/addresses/explain.ts'
import { holdsPrivateKey } from '../../../main/node/addresses/private-key.ts'
import { readRelayAddress } from '../../../main/node/addresses/relay-address.ts'
import { InviteSchema } from '../../../main/node/discovery/invite_pb.ts'
import { decodeInvite, encodeInvite } from '../../../main/node/discovery/invite.ts'
import { generateIdentity } from '../../../main/node/identity.ts'
import { readRelayName } from '../../../main/node/relays/relay-name.ts'
import { sealEnvelope } from '../../../main/node/signed-envelope.ts'
import { readConfig } from '../../../main/relay/config/read-config.ts'
import { readQuery, tokensOf } from '../../../main/store/worker/words.ts'
import { linkParts, readLink } from '../../../renderer/logic/links.ts'
import { findInvite, INVITE_PREFIX } from '../../../text/invite-link.ts'
import { readPasted } from '../../../text/pasted.ts'
import { findRelay } from '../../../text/relay-text.ts'
import { likenesses, skeleton, traitsOf } from '../../../text/skeleton.ts'
import { readTopicName } from '../../../text/topic-name.ts'
import { blankNeedless, dropNeedless, dropUnseen, isBlank } from '../../../text/unseen.ts'
import { ofBytes, ofText, type Decoder } from './fuzz.ts'

const RELAY = '/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWBHvsSSKHeragACma3HUodK5FcPUpXccLu2vHooNsDf9k'
const key = await generateIdentity()
const record = (await RecordEnvelope.seal(new PeerRecord({ peerId: peerIdFromPrivateKey(key), multiaddrs: [multiaddr('/ip4/192.0.2.1/tcp/4001')] }), key)).marshal()
const invite = await encodeInvite({ topic: '/natter/1/garden', name: 'Ada', relays: [RELAY], record }, key)
const payload = toBinary(InviteSchema, create(InviteSchema, { version: 1, topic: '/natter/1/garden', name: 'Ada', relays: [multiaddr(RELAY).bytes], record }))
const signedInvite = async (content: Uint8Array): Promise<string> =>
  INVITE_PREFIX + Buffer.from(await sealEnvelope({ domain: 'natter-invite', payloadType: new TextEncoder().encode('/natter/invite') }, content, key)).toString('base64url')
const NAMES = ['garden', 'Μusic', 'م‌یخواهم', '👩‍👩‍👧', 'a​b', 'ｆｕｌｌ']
const TEXTS = ['See https://natter.example/a?b=c, and www.example.org. 見てhttps://例え.jp/これ。', 'a <http://[::1]:80/x#y> @Ada: "quoted" — ok', ...NAMES]

/** What people type and paste, and what other programs answer. */
export const TEXT_DECODERS: readonly Decoder[] = [
  ofText('invite', [invite, `Come in: <${invite}>.`], decodeInvite, ['NodeError']),
  ofBytes('invite that its maker signed', [payload], async (content) => decodeInvite(await signedInvite(content)), ['NodeError']),
  ofText('what was pasted', [invite, RELAY, '#music', 'relay.example.org', ...TEXTS], (text) => [readPasted(text), findInvite(text), findRelay(text)]),
  ofText('name of a topic', NAMES, (text) => [readTopicName(text), skeleton(text), likenesses(text), traitsOf(text)]),
  ofText('text of a post', TEXTS, (text) => [isBlank(text), dropUnseen(text), dropNeedless(text), blankNeedless(text), linkParts(text).map(({ text: written, url }) => url === undefined ? undefined : readLink(url, written))]),
  ofText('words to search for', TEXTS, (text) => [readQuery(text), tokensOf(text)]),
  ofText('address', [RELAY, '/dns4/relay.example.org/tcp/443/tls/ws'], (text) => explainAddress(text), ['NodeError']),
  ofText('address of a relay', [RELAY], (text) => readRelayAddress(text), ['NodeError']),
  ofText('name of a relay', ['relay.example.org', '/dnsaddr/relay.example.org'], readRelayName),
  ofText('reference of a list', [`natter-relays:${'A'.repeat(43)}@https://relays.example.org/list.json`], (text) => readListReference(text), ['NodeError']),
  ofText('what may be a private key', [RELAY, 'CAESQ'.padEnd(92, 'A')], holdsPrivateKey),
  ofText('address of a feed', ['https://updates.example.org/natter/'], readFeedAddress, ['UpdateError']),
  ofText('notes of a version', ['<p>What <b>is</b> new &amp; good</p><script>x</script>'], cleanNotes),
  ofText('what the system says of proxies', ['PROXY proxy.example.org:3128; HTTPS secure.example.org:443; DIRECT'], readSystemAnswer),
  ofText('place of a proxy', ['proxy.example.org:3128', '[::1]:80'], (text) => readPlace(text, false)),
  ofText('command line of the app', [`natter ${invite}`, '--hidden --user-data-dir=/tmp/a'], (text) => readCommandLine(text.split(' '))),
  ofText('flags of a relay', ['--listen /ip4/0.0.0.0/tcp/4001 --max-reservations 5 --json', '--keep-history 3d --metrics 127.0.0.1:9464'], (text) => readConfig(text.split(' ').filter((word) => !word.startsWith('--config')), {}), ['ConfigError'])
]
