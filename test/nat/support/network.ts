import { execFileSync } from 'node:child_process'
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

let made = 0

/**
 * A public network with two relays, and two desktops each behind a NAT of its
 * own that drops every inbound connection; all in network namespaces of this
 * process, joined by nothing to the machine's own network.
 */
export class NatNetwork {
  readonly #prefix = `natter-${String(process.pid)}-${String(made++)}-`
  readonly #made: string[] = []

  constructor () {
    try {
      this.#build()
    } catch (error) {
      this.remove()
      throw error
    }
  }

  /** The namespace of a host, for `ip netns exec`. */
  namespace (host: Host): string {
    return this.#prefix + host
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
    }
    this.#made.length = 0
  }

  #build (): void {
    for (const name of ['internet', 'relay', 'relay2', 'natA', 'natB', 'a', 'b']) {
      run('ip', 'netns', 'add', this.#prefix + name)
      this.#made.push(this.#prefix + name)
      this.#ip(name, 'link', 'set', 'lo', 'up')
    }
    this.#ip('internet', 'link', 'add', 'bridge', 'type', 'bridge')
    this.#ip('internet', 'link', 'set', 'bridge', 'up')
    for (const name of ['relay', 'relay2', 'natA', 'natB'] as const) {
      this.#ip(name, 'link', 'add', 'wan', 'type', 'veth', 'peer', 'name', name, 'netns', `${this.#prefix}internet`)
      this.#ip('internet', 'link', 'set', name, 'master', 'bridge', 'up')
      this.#ip(name, 'addr', 'add', `${ADDRESS[name]}/24`, 'dev', 'wan')
      this.#ip(name, 'link', 'set', 'wan', 'up')
    }
    this.#nat('natA', 'a', '10.1.0')
    this.#nat('natB', 'b', '10.2.0')
  }

  #nat (nat: 'natA' | 'natB', host: 'a' | 'b', network: string): void {
    this.#ip(nat, 'link', 'add', 'lan', 'type', 'veth', 'peer', 'name', 'lan', 'netns', this.#prefix + host)
    this.#ip(nat, 'addr', 'add', `${network}.1/24`, 'dev', 'lan')
    this.#ip(nat, 'link', 'set', 'lan', 'up')
    this.#ip(host, 'addr', 'add', `${network}.2/24`, 'dev', 'lan')
    this.#ip(host, 'link', 'set', 'lan', 'up')
    this.#ip(host, 'route', 'add', 'default', 'via', `${network}.1`)
    this.#in(nat, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    execFileSync('ip', ['netns', 'exec', this.#prefix + nat, 'nft', '-f', '-'], { input: FIREWALL })
  }

  #ip (name: string, ...args: string[]): void {
    run('ip', '-n', this.#prefix + name, ...args)
  }

  #in (name: string, ...command: string[]): void {
    run('ip', 'netns', 'exec', this.#prefix + name, ...command)
  }
}

/** What a home router does: hide those behind it, let out what they start, let in nothing. */
const FIREWALL = `
table ip nat {
  chain post {
    type nat hook postrouting priority 100; policy accept;
    oifname "wan" masquerade
  }
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "lan" accept
  }
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iifname { "lo", "lan" } accept
  }
}`

function run (program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
