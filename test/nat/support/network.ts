import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/** Hosts of the {@link NatNetwork}. */
export type Host = 'relay' | 'relay2' | 'a' | 'b'

/** Addresses of the hosts: relays in the public network, desktops behind their NATs. */
export const ADDRESS = {
  relay: '44.0.0.2',
  relay2: '44.0.0.3',
  a: '10.1.0.2',
  b: '10.2.0.2',
  natA: '44.0.0.11',
  natB: '44.0.0.12'
} as const

/** The same in a network that knows IPv6 alone. */
export const ADDRESS6 = {
  relay: '2a0e:8f00::2',
  relay2: '2a0e:8f00::3',
  a: '2a0e:8f0a::2',
  b: '2a0e:8f0b::2',
  natA: '2a0e:8f00::11',
  natB: '2a0e:8f00::12'
} as const

/** The home routers' own addresses inside, where a proxy of the network listens. */
export const GATEWAY = { a: '10.1.0.1', b: '10.2.0.1' } as const

/** What kind of network the desktops are in. */
export interface NetworkOptions {
  /** What firewalls let out: all, TCP port 443 and no DNS, or nothing at all. @default 'all' */
  readonly lets?: keyof typeof LETS_OUT
  /** What home routers do with ports. @default 'keeps' */
  readonly nat?: Readonly<Partial<Record<'natA' | 'natB', NatKind>>>
  /** Version of IP; with 6 nobody's address is translated, and firewalls let nothing in all the same. @default 4 */
  readonly ip?: 4 | 6
  /** `silent`: every query to the network's DNS server is dropped, and nobody says so; else whose DNS server is asked. @default the machine's own settings */
  readonly dns?: 'silent' | 'relay2'
  /** Names that hosts know, with their addresses. @default none */
  readonly names?: Readonly<Record<string, string>>
  /** Who knows the names. @default every host */
  readonly namesOf?: readonly (Host | 'natA' | 'natB')[]
}

/**
 * What a home router does with those behind it: `keeps` their ports where it can,
 * gives each connection another port (`random`), or answers who comes uninvited
 * by a reset (`resets`, ports kept) instead of silence.
 */
export type NatKind = 'keeps' | 'random' | 'resets'

/** Where `ip netns exec` takes a namespace's own resolv.conf and hosts from (ip-netns(8)). */
const ETC = '/etc/netns'

let made = 0

/**
 * A public network with two relays, and two desktops each behind a NAT of its
 * own that drops every inbound connection; all in network namespaces of this
 * process, joined by nothing to the machine's own network.
 */
export class NatNetwork {
  readonly #prefix = `natter-${String(process.pid)}-${String(made++)}-`
  readonly #made: string[] = []
  readonly #options: NetworkOptions

  constructor (options: NetworkOptions = {}) {
    this.#options = options
    try {
      this.#build()
    } catch (error) {
      this.remove()
      throw error
    }
  }

  /** The namespace of a host, for `ip netns exec`. */
  namespace (host: Host | 'natA' | 'natB'): string {
    return this.#prefix + host
  }

  /** Runs a command in a host's namespace to its end; answers what it wrote. */
  run (host: Host | 'natA' | 'natB', ...command: string[]): string {
    return run('ip', 'netns', 'exec', this.namespace(host), ...command)
  }

  /** Ends every process in the namespaces, and the namespaces. */
  remove (): void {
    for (const namespace of this.#made.reverse()) {
      for (const pid of run('ip', 'netns', 'pids', namespace).split('\n').filter((line) => line !== '')) {
        try {
          process.kill(Number(pid), 'SIGKILL')
        } catch {
          // It ended meanwhile.
        }
      }
      run('ip', 'netns', 'delete', namespace)
      rmSync(join(ETC, namespace), { recursive: true, force: true })
    }
    this.#made.length = 0
  }

  #build (): void {
    const { ip = 4 } = this.#options
    for (const name of ['internet', 'relay', 'relay2', 'natA', 'natB', 'a', 'b']) {
      run('ip', 'netns', 'add', this.#prefix + name)
      this.#made.push(this.#prefix + name)
      this.#ip(name, 'link', 'set', 'lo', 'up')
      this.#writeEtc(name)
    }
    this.#ip('internet', 'link', 'add', 'bridge', 'type', 'bridge')
    this.#ip('internet', 'link', 'set', 'bridge', 'up')
    for (const name of ['relay', 'relay2', 'natA', 'natB'] as const) {
      this.#ip(name, 'link', 'add', 'wan', 'type', 'veth', 'peer', 'name', name, 'netns', `${this.#prefix}internet`)
      this.#ip('internet', 'link', 'set', name, 'master', 'bridge', 'up')
      this.#address(name, 'wan', ip === 4 ? `${ADDRESS[name]}/24` : `${ADDRESS6[name]}/64`)
    }
    this.#router('natA', 'a', ip === 4 ? '10.1.0.' : '2a0e:8f0a::')
    this.#router('natB', 'b', ip === 4 ? '10.2.0.' : '2a0e:8f0b::')
    if (ip === 6) {
      this.#routeBetween()
    }
  }

  #router (nat: 'natA' | 'natB', host: 'a' | 'b', network: string): void {
    const { ip = 4, lets = 'all' } = this.#options
    const bits = ip === 4 ? '/24' : '/64'
    this.#ip(nat, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'lan', 'netns', this.#prefix + host)
    this.#address(nat, 'lan', `${network}1${bits}`)
    this.#address(host, 'lan', `${network}2${bits}`)
    this.#ip(host, 'route', 'add', 'default', 'via', `${network}1`)
    this.#in(nat, 'sysctl', '-qw', ip === 4 ? 'net.ipv4.ip_forward=1' : 'net.ipv6.conf.all.forwarding=1')
    execFileSync('ip', ['netns', 'exec', this.#prefix + nat, 'nft', '-f', '-'], { input: firewall(ip, LETS_OUT[lets], this.#options.nat?.[nat] ?? 'keeps') })
  }

  /** Without translation, whoever is outside needs a way back to the networks inside. */
  #routeBetween (): void {
    const inside = { natA: '2a0e:8f0a::/64', natB: '2a0e:8f0b::/64' } as const
    for (const name of ['relay', 'relay2', 'natA', 'natB'] as const) {
      for (const nat of ['natA', 'natB'] as const) {
        if (nat !== name) {
          this.#ip(name, 'route', 'add', inside[nat], 'via', ADDRESS6[nat])
        }
      }
    }
  }

  #address (name: string, link: string, address: string): void {
    // Without a check for duplicates an IPv6 address is there at once.
    this.#ip(name, 'addr', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : []))
    this.#ip(name, 'link', 'set', link, 'up')
  }

  #writeEtc (name: string): void {
    const { dns, names, namesOf } = this.#options
    const knows = namesOf === undefined || namesOf.some((each) => each === name)
    const folder = join(ETC, this.#prefix + name)
    if (dns !== undefined || names !== undefined) {
      mkdirSync(folder, { recursive: true })
    }
    if (dns !== undefined) {
      writeFileSync(join(folder, 'resolv.conf'), `nameserver ${dns === 'silent' ? SILENT : ADDRESS[dns]}\n`)
    }
    if (names !== undefined && knows) {
      writeFileSync(join(folder, 'hosts'), ['127.0.0.1 localhost', ...Object.entries(names).map(([host, address]) => `${address} ${host}`), ''].join('\n'))
    }
  }

  #ip (name: string, ...args: string[]): void {
    run('ip', '-n', this.#prefix + name, ...args)
  }

  #in (name: string, ...command: string[]): void {
    run('ip', 'netns', 'exec', this.#prefix + name, ...command)
  }
}

/** A DNS server whose queries the firewalls drop. */
const SILENT = '44.0.0.53'

/** Rules for what those behind a firewall send. */
const LETS_OUT = {
  all: `ip daddr ${SILENT} drop\n    iifname "lan" accept`,
  https: 'iifname "lan" tcp dport 443 accept',
  nothing: ''
} as const

/** What a router does: hide those behind it (IPv4), let out what they may start, let in nothing. */
function firewall (ip: 4 | 6, letsOut: string, nat: NatKind): string {
  return `
table inet firewall {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    ${ip === 4 ? letsOut : letsOut.replace(/^ip daddr .*$/mu, '')}
  }
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    meta l4proto ipv6-icmp accept
    iifname { "lo", "lan" } accept
    ${nat === 'resets' ? 'meta l4proto tcp reject with tcp reset' : ''}
  }
}
${ip === 4 ? masquerade(nat) : ''}`
}

function masquerade (nat: NatKind): string {
  return `
table ip nat {
  chain post {
    type nat hook postrouting priority 100; policy accept;
    oifname "wan" masquerade ${nat === 'random' ? 'fully-random' : ''}
  }
}
`
}

function run (program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
