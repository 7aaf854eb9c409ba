import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Protocol } from '../../../preload/contract/index.ts'
import { TOPIC, type TestNet } from '../../net/support/test-net.ts'
import { PROGRAMS, type Kind } from './programs.ts'

/** A post that a peer heard. */
export interface Heard {
  readonly from: string
  readonly text: string
  /** Its sequence number. */
  readonly number: bigint
}

type Said =
  | { readonly event: 'ready', readonly peer: string, readonly addresses: readonly string[] }
  | { readonly event: 'message', readonly from: string, readonly text: string, readonly number: string }
  | { readonly event: 'answer', readonly value?: unknown, readonly error?: string }

/** How a {@link ForeignPeer} is started. */
export interface ForeignOptions {
  /** @default gossipsub */
  readonly protocol?: Protocol
  /** It takes only posts whose numbers rise, by author. @default false */
  readonly strict?: boolean
}

/** Another project's peer, in a process of its own; commands are asked one after the other. */
export class ForeignPeer {
  readonly kind: Kind
  readonly heard: Heard[] = []
  readonly #child: ChildProcess
  readonly #answers: ((said: Extract<Said, { readonly event: 'answer' }>) => void)[] = []
  #ready: Extract<Said, { readonly event: 'ready' }> | undefined

  private constructor (kind: Kind, child: ChildProcess) {
    this.kind = kind
    this.#child = child
  }

  static async start (net: TestNet, kind: Kind, { protocol = 'gossipsub', strict = false }: ForeignOptions = {}): Promise<ForeignPeer> {
    const [program, ...args] = PROGRAMS[kind]
    const child = spawn(program, [...args, '--protocol', protocol, '--topic', TOPIC, ...(strict ? ['--strict'] : [])], { stdio: ['pipe', 'pipe', 'inherit'] })
    const peer = new ForeignPeer(kind, child)
    net.atEnd(async () => peer.#end())
    const ready = new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => { reject(new Error(`the ${kind} peer ended with ${String(code)}`)) })
      createInterface({ input: child.stdout }).on('line', (line) => { peer.#take(JSON.parse(line) as Said, resolve) })
    })
    await ready
    return peer
  }

  get id (): string {
    return this.#ready?.peer ?? ''
  }

  get address (): Multiaddr {
    return multiaddr(this.#ready?.addresses[0] ?? '')
  }

  get texts (): string[] {
    return this.heard.map(({ text }) => text)
  }

  async publish (text: string): Promise<void> {
    await this.#ask({ do: 'publish', text })
  }

  /** Peer ids that it sees on the topic. */
  async subscribers (): Promise<readonly string[]> {
    return await this.#ask({ do: 'subscribers' }) as readonly string[]
  }

  async dial (address: string): Promise<void> {
    await this.#ask({ do: 'dial', address })
  }

  /** Opens a circuit, limited or not. */
  async dialThrough (address: string): Promise<void> {
    await this.#ask({ do: 'circuit', address })
  }

  /** Takes a reservation; answers what Go's client read of its circuits' limits. */
  async reserve (relay: string): Promise<{ readonly seconds: number, readonly bytes: number } | undefined> {
    return await this.#ask({ do: 'reserve', address: relay }) as { readonly seconds: number, readonly bytes: number } | undefined
  }

  /** Closes its circuits to a peer, or its direct connections. */
  async close (peer: string, circuits: boolean): Promise<void> {
    await this.#ask({ do: 'close', peer, circuits })
  }

  #take (said: Said, onReady: () => void): void {
    switch (said.event) {
      case 'ready':
        this.#ready = said
        onReady()
        return
      case 'message':
        this.heard.push({ from: said.from, text: said.text, number: BigInt(said.number) })
        return
      case 'answer':
        this.#answers.shift()?.(said)
    }
  }

  async #ask (command: object): Promise<unknown> {
    const { error, value } = await new Promise<Extract<Said, { readonly event: 'answer' }>>((resolve) => {
      this.#answers.push(resolve)
      this.#child.stdin?.write(`${JSON.stringify(command)}\n`)
    })
    if (error !== undefined) throw new Error(`the ${this.kind} peer: ${error}`)
    return value
  }

  async #end (): Promise<void> {
    if (this.#child.exitCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2_000)
    await exit
    clearTimeout(timer)
  }
}
