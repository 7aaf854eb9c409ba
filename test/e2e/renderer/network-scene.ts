import type { Page } from '@playwright/test'
import type { Link, NetworkPeer, Person } from '../../../preload/contract/index.ts'
import { BERLIN, BERLIN_ADDRESS, busy, CELLAR, CHIDI, MEI, MUSIC, peer, PEOPLE } from './scenes.ts'
import type { Script } from './stand-in-api.ts'

const TALLIES: NetworkPeer['tallies'] = [{
  protocol: 'gossipsub',
  topics: [{ topic: MUSIC, first: 128, duplicates: 41, forwarded: 97, payloadIn: 61_300, payloadOut: 48_900 }],
  control: { controlIn: 7_420, controlOut: 6_910, ihaveIn: 310, ihaveOut: 284, iwantIn: 6, iwantOut: 9, idontwantIn: 52, idontwantOut: 47 }
}, {
  protocol: 'floodsub',
  topics: [{ topic: MUSIC, first: 12, duplicates: 30, forwarded: 11, payloadIn: 9_100, payloadOut: 4_100 }],
  control: { controlIn: 120, controlOut: 118, ihaveIn: 0, ihaveOut: 0, iwantIn: 0, iwantOut: 0, idontwantIn: 0, idontwantOut: 0 }
}]

const BEGAN = new Date(2026, 10, 23, 9, 30).getTime()
let made = 0

/** A connection. */
export function link (more: Partial<Link> = {}): Link {
  made++
  return { id: `link-${String(made)}`, address: '/ip4/192.168.1.23/tcp/40123', transport: 'tcp', direction: 'out', rtt: 12.3, bytesIn: 48_200, bytesOut: 21_400, since: BEGAN + made * 60_000, ...more }
}

/** Somebody whom we are connected to, directly unless said otherwise. */
export function connected (peerId: string, more: Partial<NetworkPeer> = {}): NetworkPeer {
  return { peerId, role: 'person', relays: false, agent: 'natter-desktop/1 js-libp2p', topics: [MUSIC], mesh: [], tallies: [], addresses: [], links: [link()], ...more }
}

/** A connection to somebody through Berlin's relay. */
export function circuit (peerId: string, more: Partial<Link> = {}): Link {
  return link({ address: `${BERLIN_ADDRESS}/p2p-circuit/p2p/${peerId}`, transport: 'websocket-tls', relay: BERLIN, rtt: 48, ...more })
}

/** Ada's network: a hub, a relay without one, somebody direct, somebody behind the hub with a limit, and Tomás through the hub alone. */
export function smallNetwork (): readonly NetworkPeer[] {
  return [
    connected(BERLIN, { role: 'hub', relays: true, agent: 'natter-relay/1 js-libp2p', mesh: [MUSIC], links: [link({ address: BERLIN_ADDRESS, transport: 'websocket-tls', rtt: 34, bytesIn: 1_804_000, bytesOut: 730_500 })] }),
    connected(CELLAR, { role: 'relay', relays: true, agent: 'go-libp2p-relay-daemon/0.4.0', topics: [], links: [link({ address: `/ip4/203.0.113.7/tcp/4001/p2p/${CELLAR}`, rtt: 61 })] }),
    connected(CHIDI, { mesh: [MUSIC], tallies: TALLIES, addresses: [`/ip4/192.168.1.23/tcp/40123/p2p/${CHIDI}`, `/ip6/2001:db8::23/tcp/40123/p2p/${CHIDI}`], links: [link({ address: `/ip4/192.168.1.23/tcp/40123/p2p/${CHIDI}`, rtt: 0.4, direction: 'in' })] }),
    connected(MEI, { links: [circuit(MEI, { limit: { bytes: 88_000, until: BEGAN + 3_600_000 } })] }),
    connected(peer('Newcomer'), { role: 'unknown', agent: '', topics: [], links: [link({ direction: 'in', bytesIn: 640, bytesOut: 812 })] })
  ]
}

/** The window as the design draws it, with the network behind it. */
export function networked (network: readonly NetworkPeer[] = smallNetwork(), people: readonly Person[] = PEOPLE): Script {
  const script = busy()
  return { ...script, snapshot: { ...script.snapshot, people: [{ topic: MUSIC, people }] }, network }
}

/** Nobody but us, and no relay. */
export function alone (): Script {
  const script = networked([], PEOPLE.slice(0, 1))
  return { ...script, snapshot: { ...script.snapshot, relays: [], reachability: { state: 'unknown', through: [], evidence: [] } } }
}

/** 200 peers: 3 hubs, 60 people direct, the others through the hubs. */
export function crowd (): { readonly network: readonly NetworkPeer[], readonly people: readonly Person[] } {
  const hubs = [BERLIN, CELLAR, peer('Third')]
  const others = Array.from({ length: 197 }, (_, i) => peer(`crowd${String(i)}`).slice(0, 40) + String(i).padStart(12, '1'))
  return {
    network: [
      ...hubs.map((id, i) => connected(id, { role: 'hub', relays: true, mesh: [MUSIC], links: [link({ rtt: 20 + 9 * i })] })),
      ...others.map((id, i) => i < 60
        ? connected(id, { mesh: i % 8 === 0 ? [MUSIC] : [] })
        : connected(id, { links: [circuit(id, { relay: hubs[i % 3] ?? BERLIN, rtt: 30 + i })] }))
    ],
    people: [
      ...PEOPLE.slice(0, 1),
      ...others.map((peerId, i): Person => ({ peerId, name: i === 5 ? 'Somebody whose name goes on and on, far beyond what anybody would read aloud' : `Person ${String(i)}`, path: { kind: 'direct', address: '/ip4/192.0.2.1/tcp/1' } }))
    ]
  }
}

/** Opens the view of the network by its key. */
export async function openNetwork (page: Page): Promise<void> {
  // Before the window is drawn nobody hears keys.
  await page.getByRole('button', { name: 'Network', exact: true }).waitFor()
  await page.keyboard.press('Control+Shift+N')
  await page.getByRole('heading', { name: 'Network', exact: true }).waitFor()
}
