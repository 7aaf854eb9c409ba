import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Person, Post, Protocol, ProtocolState, Reachability, Relay } from '../../../preload/contract/index.ts'
import { AgentProcess, until } from './agent-process.ts'
import { ADDRESS, ADDRESS6, GATEWAY, NatNetwork, type Host, type NetworkOptions } from './network.ts'

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const RELAY = path('../../../main/relay/index.ts')
const AGENT = path('agent.ts')

/** The topic of these tests. */
export const TOPIC = '/natter/1/music'

/** A desktop of the scene. */
export interface Desktop {
  readonly agent: AgentProcess
  readonly peerId: string
  readonly port: number
}

/** A relay of the scene; the same key and port after each start. */
export interface RelayHandle {
  readonly peerId: string
  readonly address: string
  readonly agent: AgentProcess
}

/** Where miniupnpd puts its rules, by the names that it looks for; the firewall lets in what they lead on. */
const PORTS_ASKED_FOR = `
table inet filter {
  chain forward { type filter hook forward priority -1; policy accept; jump miniupnpd; }
  chain miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; policy accept; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 99; policy accept; jump postrouting_miniupnpd; }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
insert rule inet firewall forward ct status dnat accept
`

/** Two NATs, desktops behind them, relays before them; real processes in real namespaces. */
export class Scene {
  readonly network: NatNetwork
  readonly folder = mkdtempSync(join(tmpdir(), 'natter-nat-'))
  readonly #agents: AgentProcess[] = []

  readonly #ip: 4 | 6

  constructor (options: NetworkOptions = {}) {
    this.#ip = options.ip ?? 4
    this.network = new NatNetwork(options)
  }

  /**
   * Starts a relay process and waits until it listens.
   *
   * @param listen what follows its IP address
   */
  async relay (host: 'relay' | 'relay2', flags: readonly string[] = [], listen = '/tcp/4001'): Promise<RelayHandle> {
    const ip = this.#ip === 4 ? `/ip4/${ADDRESS[host]}` : `/ip6/${ADDRESS6[host]}`
    const agent = this.start(host, [process.execPath, RELAY, '--json', '--listen', `${ip}${listen}`, '--data', join(this.folder, host), ...flags])
    const { peerId, multiaddrs: [address] } = await agent.event<{ peerId: string, multiaddrs: string[] }>('listening', 20_000)
    return { agent, peerId, address: address ?? '' }
  }

  /**
   * Starts a desktop without a window.
   *
   * @param direct it turns circuits into direct connections
   */
  async desktop (host: Host, protocol: Protocol, { direct = false, env = {} }: { readonly direct?: boolean, readonly env?: NodeJS.ProcessEnv } = {}): Promise<Desktop> {
    const agent = this.start(host, [process.execPath, AGENT], env)
    return { agent, ...await agent.call<{ peerId: string, port: number }>('start', { protocol, direct, name: host === 'a' ? 'Ada' : 'Bo' }) }
  }

  /**
   * Starts Debian's tinyproxy on a router, for those behind it; it leads to port 443 alone, as such proxies do.
   *
   * @param user who may use it, and the password. @default everybody
   */
  async proxy (router: 'natA' | 'natB', user?: readonly [string, string]): Promise<string> {
    const host = GATEWAY[router === 'natA' ? 'a' : 'b']
    const file = join(this.folder, `${router}-tinyproxy.conf`)
    writeFileSync(file, ['Port 3128', `Listen ${host}`, 'Timeout 600', 'MaxClients 100', 'ConnectPort 443', ...(user === undefined ? [] : [`BasicAuth ${user.join(' ')}`]), ''].join('\n'))
    this.start(router, ['tinyproxy', '-d', '-c', file])
    await until('the proxy', 10_000, async () => Promise.resolve(this.network.run(router, 'ss', '-Hltn').includes(`${host}:3128`)))
    return `${host}:3128`
  }

  /** Starts Debian's miniupnpd on a router: those behind it may ask it for ports. */
  async upnp (router: 'natA' | 'natB'): Promise<void> {
    const [rules, file] = [join(this.folder, `${router}-upnp.nft`), join(this.folder, `${router}-upnp.conf`)]
    writeFileSync(rules, PORTS_ASKED_FOR)
    writeFileSync(file, ['ext_ifname=wan', 'listening_ip=lan', 'port=0', 'enable_upnp=yes', 'enable_natpmp=no', 'secure_mode=yes', `uuid=${randomUUID()}`, 'allow 1024-65535 10.0.0.0/8 1024-65535', 'deny 0-65535 0.0.0.0/0 0-65535', ''].join('\n'))
    this.network.run(router, 'nft', '-f', rules)
    this.start(router, ['miniupnpd', '-d', '-f', file, '-P', join(this.folder, `${router}-upnp.pid`)])
    await until('the router to hear who asks for ports', 10_000, async () => Promise.resolve(this.network.run(router, 'ss', '-Hlun').includes(':1900')))
  }

  /** Ports that a router leads to those behind it. */
  portsAskedFor (router: 'natA' | 'natB'): string[] {
    return [...this.network.run(router, 'nft', 'list', 'chain', 'inet', 'filter', 'prerouting_miniupnpd').matchAll(/dport (\d+) dnat ip to ([\d.:]+)/gu)].map(([, port, to]) => `${port ?? ''} to ${to ?? ''}`)
  }

  /** Runs a command in a host's namespace. */
  start (host: Host | 'natA' | 'natB', command: readonly string[], env: NodeJS.ProcessEnv = {}): AgentProcess {
    const agent = new AgentProcess(this.network.namespace(host), command, env)
    this.#agents.push(agent)
    return agent
  }

  /** Ends all processes and takes the namespaces away. */
  async close (): Promise<void> {
    await Promise.all(this.#agents.map(async (agent) => agent.end('SIGKILL')))
    this.network.remove()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const state = async ({ agent }: Desktop): Promise<{ reachability: Reachability, relays: readonly Relay[], protocol: ProtocolState }> => agent.call('state')
export const people = async ({ agent }: Desktop): Promise<readonly Person[]> => (await agent.call<readonly Person[]>('people', TOPIC)).filter(({ path: { kind } }) => kind !== 'self')
export const posts = async ({ agent }: Desktop): Promise<readonly Post[]> => agent.call('posts', TOPIC)
export const post = async ({ agent }: Desktop, text: string): Promise<Post> => agent.call('post', { topic: TOPIC, text })

/** Waits until a relay listens for a desktop. */
export async function reserved (desktop: Desktop, relay: RelayHandle, within = 10_000): Promise<void> {
  await until(`a reservation on ${relay.address}`, within, async () => (await state(desktop)).reachability.through.some(({ relay: peer }) => peer === relay.peerId), () => '')
}

/** Waits until a desktop holds a circuit to another through one of these relays. */
export async function circuit (from: Desktop, to: Desktop, relays: readonly RelayHandle[], within = 15_000): Promise<Person> {
  return until('a circuit between the desktops', within, async () =>
    (await people(from)).find(({ peerId, path }) => peerId === to.peerId && path.kind === 'circuit' && path.address.includes('/p2p-circuit') && relays.some((relay) => relay.peerId === path.relay)))
}

/** Waits until a desktop shows posts with all of these texts. */
export async function shows (desktop: Desktop, texts: readonly string[], within = 15_000): Promise<void> {
  let missing: readonly string[] = texts
  await until(`posts on the other side`, within, async () => {
    const there = new Set((await posts(desktop)).map(({ text }) => text))
    missing = texts.filter((text) => !there.has(text))
    return missing.length === 0
  }, () => `Missing ${String(missing.length)} of ${String(texts.length)}: ${missing.slice(0, 5).join(', ')}`)
}

/** Posts numbered texts, one after the other; answers the texts. */
export async function postMany (desktop: Desktop, name: string, count: number, pause = 10): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, i) => `${name} ${String(i)}`)
  for (const text of texts) {
    await post(desktop, text)
    await new Promise((resolve) => { setTimeout(resolve, pause) })
  }
  return texts
}

/** Brings two desktops together: the first pastes the relay and invites, the second pastes the invite. */
export async function bringTogether (a: Desktop, b: Desktop, relays: readonly RelayHandle[]): Promise<void> {
  const addresses = relays.map(({ address }) => address)
  await a.agent.call('relays', addresses)
  await a.agent.call('subscribe', TOPIC)
  await Promise.all(relays.slice(0, 2).map(async (relay) => reserved(a, relay)))
  const link = await a.agent.call<string>('invite', { topic: TOPIC, relays: addresses })
  await b.agent.call('join', link)
}

/** The environment of a program whose clock is off by so many milliseconds. */
export function wrongClock (milliseconds: number): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import ${path('shifted-clock.ts')}`, NATTER_TEST_CLOCK: String(milliseconds) }
}
