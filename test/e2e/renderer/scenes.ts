import type { Desktop, Person, Post, Relay, Settings, Snapshot, Topic, Update } from '../../../preload/contract/index.ts'
import type { Script } from './stand-in-api.ts'

const minute = 60_000

/** A peer id that looks like one and tells whose it is. */
export function peer (name: string): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  let seed = 7
  for (const letter of name) seed = (seed * 31 + letter.charCodeAt(0)) % 65_521
  const body = Array.from({ length: 52 }, () => {
    seed = (seed * 4_051 + 17) % 65_521
    return alphabet[seed % 58] ?? '1'
  })
  return `12D3KooW${body.join('')}`.slice(0, 52 - 4) + name.slice(-4).padStart(4, '1')
}

export const ADA = peer('Ada')
export const CHIDI = peer('Chidi')
export const MEI = peer('Mei')
export const TOMAS = peer('Tomas')
export const BERLIN = peer('x7Qk')
export const CELLAR = peer('Wm2c')
export const MUSIC = '/natter/1/music'
export const BERLIN_ADDRESS = `/dns4/berlin-1.example/tcp/443/wss/p2p/${BERLIN}`

/** A topic of Natter's own. */
export function topic (title: string, more: Partial<Topic> = {}): Topic {
  return { id: `/natter/1/${title}`, title, dialect: 'natter', subscribed: true, unread: 0, people: 0, notify: 'mentions', keepDays: null, bytes: 0, maxBytes: 500_000_000, ...more }
}

/** What somebody set who never changed anything but the name. */
export function settings (more: Partial<Settings> = {}): Settings {
  return {
    displayName: 'Ada', protocol: 'gossipsub', listenPort: 0, mdns: true, seenNearby: true, directConnections: true, routerPort: false, beRelay: false, proxy: { kind: 'system' }, theme: 'system',
    relaysByName: true, relaysFromLists: true, relaysThroughRelays: 'ask', relaysFromPeers: true,
    notifications: true, notificationText: true, stayReachable: false, checkUpdates: true, updateFeed: '', ...more
  }
}

/** Natter at home on a Linux desktop. */
export function desktop (more: Partial<Desktop> = {}): Desktop {
  return { safeMode: false, startAtLogin: 'off', tray: true, folders: { data: '/home/ada/.config/natter', logs: '/home/ada/.config/natter/logs' }, crashes: [], ...more }
}

/** Reports of crashes, newest first. */
export function crashes (now: number): Desktop['crashes'] {
  return [
    { name: 'crash-20261122T101500123Z-window.txt', at: now - 20 * minute, part: 'the window' },
    { name: 'crash-20261120T081500123Z-main.txt', at: now - 50 * 60 * minute, part: 'the main process' }
  ]
}

const NOTES = 'Posts that name you are marked.\nNatter can stay reachable when its window is closed.\n\nMended:\n  – a long topic opened at the wrong post\n  – a relay that was down for a day is asked again'

/** Every stage that updating has. */
export const UPDATES = {
  off: { kind: 'off', why: 'This package has no key to check updates with: get new versions where you got this one.' },
  idle: { kind: 'idle', checkedAt: Date.now() - 20 * 60_000 },
  checking: { kind: 'checking' },
  available: { kind: 'available', version: '0.2.0', notes: NOTES },
  downloading: { kind: 'downloading', version: '0.2.0', notes: NOTES, bytes: 41_200_000, total: 96_100_000 },
  ready: { kind: 'ready', version: '0.2.0', notes: NOTES },
  failed: { kind: 'failed', message: 'The server did not answer within 30 seconds. Natter tries again later.', checkedAt: Date.now() - 5_000 }
} as const satisfies Record<Update['kind'], Update>

let made = 0

/** A post of somebody's. */
export function post (author: string, authorName: string, text: string, time: number, more: Partial<Post> = {}): Post {
  made++
  return { id: `post-${String(made).padStart(6, '0')}`, topic: MUSIC, author, authorName, text, time, order: (time - Date.UTC(2026, 0, 1)) * 4096 + made % 4096, own: false, ...more }
}

/** An own post that reached `people`. */
export function own (text: string, time: number, people: number): Post {
  return post(ADA, 'Ada', text, time, { own: true, delivery: people === 0 ? { kind: 'queued' } : { kind: 'sent', people } })
}


/** A conversation of two days, as the design draws it. */
export function conversation (now: number): readonly Post[] {
  const yesterday = new Date(now).setHours(0, 0, 0, 0) - 3 * 60 * minute
  const today = now - 30 * minute
  return [
    post(CHIDI, 'Chidi', 'The Bill Evans bootleg is up. Same folder as last time.', yesterday),
    post(CHIDI, 'Chidi', 'Track 4 is the one with the rain on the roof.', yesterday + minute),
    own('Rain and all, it is better than the record. Listening on the train, behind three NATs and a tunnel.', yesterday + 6 * minute, 4),
    post(MEI, 'Mei', 'Morning. Who is in for the session on Thursday? Address as ever: https://example.org/thursday', today),
    post(MEI, 'Mei', 'If you come by /dns4/berlin-1.example/tcp/443/wss it also works from the university.', today + minute),
    post(CHIDI, 'Chidi', 'In. Bringing the brushes.', today + 3 * minute),
    post(TOMAS, 'Tomás', 'Count me in too. I can bring:\n  – the small amp\n  – two stands\n  – cake', today + 4 * minute),
    own('Me too!', today + 9 * minute, 3),
    own('And the keys to the cellar.', today + 9 * minute + 5_000, 3)
  ]
}

const circuit = (who: string): string => `${BERLIN_ADDRESS}/p2p-circuit/p2p/${who}`

export const PEOPLE: readonly Person[] = [
  { peerId: ADA, name: 'Ada', path: { kind: 'self' } },
  { peerId: CHIDI, name: 'Chidi', path: { kind: 'direct', address: `/ip4/192.168.1.23/tcp/40123/p2p/${CHIDI}`, rtt: 12.3 } },
  { peerId: MEI, name: 'Mei', path: { kind: 'circuit', relay: BERLIN, address: circuit(MEI), rtt: 48, limited: false } },
  { peerId: TOMAS, name: 'Tomás', path: { kind: 'hub', relay: BERLIN, trouble: `Relay ${BERLIN} carries no more connections for people from this address.` } },
  { peerId: peer('Nobody'), name: '', path: { kind: 'none' } }
]

/** Relays in every kind of state. */
export function relays (now: number): readonly Relay[] {
  return [
    { peerId: BERLIN, address: BERLIN_ADDRESS, source: { kind: 'settings' }, state: 'reserved', since: now - 40 * minute, detail: 'reserved until 12:40', rtt: 34, hub: true },
    { peerId: CELLAR, address: `/ip4/203.0.113.7/tcp/4001/p2p/${CELLAR}`, source: { kind: 'invite', topic: 'music' }, state: 'down', since: now - 200 * minute, detail: 'refused the connection, tried again every second', hub: false },
    { peerId: peer('Asking'), address: `/ip4/198.51.100.4/tcp/4001/p2p/${peer('Asking')}`, source: { kind: 'peer', peerId: CHIDI }, state: 'asking', since: now - 5_000, detail: '', hub: false }
  ]
}

/** Relays from everywhere, and where they come from. */
export function sources (now: number): Pick<Snapshot, 'relays' | 'relaySources'> {
  const found = peer('Found')
  return {
    relays: [
      { ...relays(now)[0] as Relay, source: { kind: 'name', name: 'relay.example.org' }, detail: 'It listens for us.' },
      { peerId: CELLAR, address: `/ip4/203.0.113.7/tcp/4001/p2p/${CELLAR}`, source: { kind: 'list', title: 'Relays of the university' }, state: 'ready', since: now - 200 * minute, detail: 'Stands by in case another fails.', rtt: 12, hub: true },
      { peerId: found, address: `/ip4/198.51.100.4/tcp/4001/p2p/${found}`, source: { kind: 'relay', peerId: BERLIN }, state: 'asking', since: now - 5_000, detail: 'Not used before you agree.', hub: false }
    ],
    relaySources: {
      names: [
        { name: 'relay.example.org', relays: [BERLIN], looking: false, trouble: '' },
        { name: 'a-relay-with-a-long-name.of-some-department.university.example:4001', relays: [], looking: false, trouble: 'The name a-relay-with-a-long-name.of-some-department.university.example cannot be looked up: the DNS of this network does not answer.' }
      ],
      lists: [{ id: 'system', title: 'Relays of the university', origin: 'system', place: '/etc/natter/relays.json', relays: 3, trouble: '' }]
    }
  }
}

/** The window as the design draws it: topics, people, relays, a conversation. */
export function busy (now = Date.now()): Script {
  return {
    snapshot: {
      self: { peerId: ADA, protection: 'passphrase', addresses: [circuit(ADA), `/ip4/192.168.1.20/tcp/41234/p2p/${ADA}`], port: 41_234 },
      topics: [
        topic('music', { people: 4 }), topic('berlin-makers', { unread: 12, people: 9 }),
        { ...topic('universal-connectivity'), id: 'universal-connectivity', dialect: 'text' }, topic('lan-party', { unread: 3 }),
        topic('film-club', { subscribed: false, people: 14 }), topic('chess', { subscribed: false, people: 2 })
      ],
      people: [{ topic: MUSIC, people: PEOPLE }],
      relays: relays(now),
      reachability: {
        state: 'relayed', through: [{ relay: BERLIN, address: circuit(ADA), rtt: 34 }],
        evidence: [
          { at: now - 2 * minute, text: `Relay 12D3…x7Qk listens for you; it answered after 34 ms.` },
          { at: now - 3 * minute, text: 'Relay 12D3…x7Qk dialled the address it saw, 203.0.113.80, and nobody answered: a firewall stands between.' }
        ]
      }
    },
    posts: { [MUSIC]: conversation(now) },
    passphrase: 'correct horse',
    invites: {
      'natter://join#good': {
        topic: '/natter/1/jazz', title: 'jazz', dialect: 'natter', from: { peerId: CHIDI, name: 'Chidi' }, subscribed: false,
        relays: [{ address: BERLIN_ADDRESS, peerId: BERLIN, known: true }, { address: `/ip4/203.0.113.9/tcp/4001/p2p/${CELLAR}`, peerId: CELLAR, known: false }]
      }
    }
  }
}

/** A first start: nobody, nothing. */
export function fresh (): Script {
  return {
    snapshot: { settings: settings({ displayName: '' }) },
    invites: busy().invites ?? {}
  }
}
