import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_SETTINGS, type StoredSettings } from '../../../../main/settings/schema.ts'

/** What a person of version 0.1.0 has, each word of it in nothing else. */
export const OLD: StoredSettings = {
  ...DEFAULT_SETTINGS,
  theme: 'dark',
  stayReachable: true,
  displayName: 'Zoë "Quince" Orchard',
  protocol: 'floodsub',
  listenPort: 40_123,
  relays: [{ address: '/dns4/relay.quince.example/tcp/443/tls/ws/p2p/12D3KooWRelayQuince', source: { kind: 'invite', topic: '/natter/1/quince orchard' }, approved: true }],
  relayNames: [{ name: 'names.quince.example', relays: [{ peerId: '12D3KooWNamedQuince', addresses: ['/ip4/203.0.113.77/tcp/4077'] }], agreed: ['12D3KooWNamedQuince'] }],
  relayLists: [{ reference: 'natter-relays:quince@https://lists.quince.example/relays.json', origin: 'person', title: 'Quince list', sequence: 1, expires: 4_000_000_000_000, addresses: ['/dns4/listed.quince.example/tcp/4001/p2p/12D3KooWListedQuince'] }],
  unwantedRelays: ['12D3KooWUnwantedQuince'],
  subscriptions: ['/natter/1/quince orchard', 'plain-quince', '/natter/1/日本のマルメロ'],
  known: [{ peerId: '12D3KooWKnownQuince', record: Buffer.from('a record of quince').toString('base64'), topics: ['/natter/1/quince orchard'] }],
  blocked: [{ peerId: '12D3KooWBlockedQuince', name: 'Mallory Quince', since: 1 }]
}

/** Words of it that nobody may find on the disk. */
export const PRIVATE_WORDS = [
  'Quince', 'quince', '日本のマルメロ', 'Zoë', 'Mallory', '203.0.113.77', '12D3KooW', Buffer.from('a record of quince').toString('base64'), '40123'
]

/** The files of a data directory of version 0.1.0, with what crashes and damage left in it. */
export function writeOldProfile (folder: string, stored: StoredSettings = OLD): void {
  mkdirSync(folder, { recursive: true })
  const text = `${JSON.stringify({ version: 1, ...stored }, null, 2)}\n`
  writeFileSync(join(folder, 'settings.json'), text)
  writeFileSync(join(folder, 'settings.json.damaged-20261101T101500Z'), text.slice(0, -30))
  writeFileSync(join(folder, 'settings.json.newer-20261102T101500Z-2'), text.replace('"version": 1', '"version": 9'))
  // Writes that a crash cut off.
  writeFileSync(join(folder, 'settings.json.3817294417'), text.slice(0, 900))
  writeFileSync(join(folder, 'settings.json.99'), text)
}
