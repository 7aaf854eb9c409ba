import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as limits from '../../../main/node/limits.ts'

const { DIAL_BACK_LIMITS, HUB_LIMITS, RELAY_LIMITS } = limits
const MIB = 1_048_576
const connections = limits.MAX_CONNECTIONS_PER_ADDRESS.relay

/** What the page says that somebody hostile can do, as the code has it. */
const TABLE: Readonly<Record<string, string>> = {
  'places, in all / an IP address': both(RELAY_LIMITS.reservations, RELAY_LIMITS.reservationsPerAddress),
  'connections an IP address, at once': figure(connections),
  'circuits a person and direction / an IP address': both(RELAY_LIMITS.circuitsPerPeer, RELAY_LIMITS.circuitsPerAddress),
  'circuits asked for in a minute, a person / an IP address': both(RELAY_LIMITS.dialsPerPeer, RELAY_LIMITS.dialsPerAddress),
  'connections a person, at once': figure(limits.MAX_CONNECTIONS_PER_PEER),
  'handshakes an IP address, waiting at once / begun in a minute': both(limits.MAX_PENDING_PER_ADDRESS.relay, connections * limits.MAX_HANDSHAKES_SHARE.relay),
  // The seconds are libp2p's own.
  'handshakes that wait, in all / seconds each': both(limits.MAX_PENDING_INBOUND.relay, 10),
  'topics a person / in all': both(HUB_LIMITS.topicsPerClient, HUB_LIMITS.topics),
  'posts and bytes a second a person': `${figure(HUB_LIMITS.postsPerSecond)} and ${figure(HUB_LIMITS.bytesPerSecond / MIB)} MiB, five seconds' worth at once`,
  'streams a connection, at once / a second': both(limits.MAX_NEW_STREAMS.atOnce, limits.MAX_NEW_STREAMS.perSecond),
  'topics announced a person, at once / a second': both(limits.MAX_ANNOUNCED.atOnce, limits.MAX_ANNOUNCED.perSecond),
  'messages of pubsub a person, at once / a second': both(limits.MAX_PUBSUB_MESSAGES.atOnce, limits.MAX_PUBSUB_MESSAGES.perSecond),
  'small pieces beyond one a KiB, a connection, at once / a second': both(limits.MAX_SMALL_FRAMES.atOnce, limits.MAX_SMALL_FRAMES.perSecond),
  'the same, an IP address, at once / a second': both(connections * limits.MAX_SMALL_FRAMES_SHARE.atOnce, connections * limits.MAX_SMALL_FRAMES_SHARE.perSecond),
  'frames through circuits, a connection, at once / a second': both(limits.MAX_CIRCUIT_FRAMES.atOnce, limits.MAX_CIRCUIT_FRAMES.perSecond),
  'frames through circuits, an IP address, at once / a second': both(connections * limits.MAX_CIRCUIT_FRAMES_SHARE.atOnce, connections * limits.MAX_CIRCUIT_FRAMES_SHARE.perSecond),
  'bytes of one piece / of a post': `${figure(limits.MAX_STREAM_WINDOW.relay / MIB)} MiB / ${figure(limits.MAX_PAYLOAD_BYTES / MIB)} MiB`,
  'bytes that wait for a slow reader, a connection / in all': `${figure(limits.MAX_HELD_BYTES.relay.perConnection / MIB)} MiB / ${figure(limits.MAX_HELD_BYTES.relay.total / MIB)} MiB`,
  'answers before a protocol is chosen': figure(limits.MAX_ANSWERS_BEFORE_PROTOCOL),
  'people of one IP address cut off for floods before nobody new is let in from there, at once / a minute': both(limits.MAX_FLOODS_PER_ADDRESS.atOnce, limits.MAX_FLOODS_PER_ADDRESS.perMinute),
  'dial-backs at once / a minute and IP address': both(DIAL_BACK_LIMITS.atOnce, DIAL_BACK_LIMITS.perAddress)
}
/** Said by the relay's own options and by its package, and no figures of the node. */
const ELSEWHERE = ['history', 'memory']

it('the page about running a relay states the figures that bound others, each as the code has it', () => {
  const page = readFileSync(new URL('../../../docs/running-a-relay.md', import.meta.url), 'utf8')
  const section = page.split('\n## ').find((each) => each.startsWith('What somebody hostile can do')) ?? ''
  const rows = [...section.matchAll(/^\| (.+?) \| (.+?) \|$/gmu)].map(([, what = '', most = '']) => [what, most] as const)
  const stated = Object.fromEntries(rows.filter(([what]) => what !== 'what' && !ELSEWHERE.includes(what)))
  expect(stated).toEqual(TABLE)
})

function both (one: number, other: number): string {
  return `${figure(one)} / ${figure(other)}`
}

function figure (value: number): string {
  return value.toLocaleString('en-US')
}
