import { EventEmitter } from 'node:events'
import type { AddressManager } from '@libp2p/interface-internal'
import type { Components } from '../components.ts'
import { overlay } from '../pubsub/limited-components.ts'
import { onWake } from '../wake.ts'

interface Service {
  start: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * Asks the router, by UPnP, to lead a port of its own to the one that we listen
 * on, and takes that back when it is switched off. libp2p is not told of the
 * address: it is announced when a relay has dialled it, as any other of ours,
 * since a router may promise what a second one before it does not keep.
 */
export class RouterPort extends EventEmitter<{ 'change': [] }> {
  readonly #components: Components
  #wanted = false
  #work: Promise<unknown> = Promise.resolve()
  #service: Service | undefined
  #port: number | undefined
  #unwake: () => void = () => {}

  constructor (components: Components) {
    super()
    this.#components = components
  }

  /** The router's port that leads to us; undefined: none. */
  get port (): number | undefined {
    return this.#port
  }

  /** Asks for a port from now on, or takes it back. One after the other: each waits for the one before. */
  async set (on: boolean): Promise<void> {
    this.#wanted = on
    this.#work = this.#work.catch(() => undefined).then(async () => this.#apply())
    await this.#work
  }

  async #apply (): Promise<void> {
    if (this.#wanted === (this.#service !== undefined)) {
      return
    }
    await (this.#wanted ? this.#begin() : this.#end())
  }

  async #begin (): Promise<void> {
    // Loaded only here: most people never need it.
    const { uPnPNAT } = await import('@libp2p/upnp-nat')
    const addressManager: Components['addressManager'] = overlay(this.#components.addressManager, this.#hears())
    this.#service = uPnPNAT({ portMappingDescription: 'Natter' })(overlay(this.#components, { addressManager })) as unknown as Service
    // A clock that was set changes nothing at the router; a sleep, and a stop of the process, do.
    this.#unwake = onWake(({ slept, set }) => { if (slept > 0 || set === 0) void this.#renew() })
    await this.#service.start()
  }

  async #end (): Promise<void> {
    const service = this.#service
    this.#service = undefined
    this.#unwake()
    await service?.stop()
    this.#change(undefined)
  }

  /** The router gives the port for a time, which went on while timers stood still. */
  async #renew (): Promise<void> {
    this.#work = this.#work.catch(() => undefined).then(async () => {
      if (this.#service === undefined) return
      await this.#end().catch(() => undefined)
      await this.#apply()
    })
    await this.#work.catch(() => undefined)
  }

  #hears (): Partial<AddressManager> {
    return {
      addPublicAddressMapping: (_internalIp, internalPort, _externalIp, externalPort = internalPort) => { this.#change(externalPort) },
      removePublicAddressMapping: () => { this.#change(undefined) }
    }
  }

  #change (port: number | undefined): void {
    if (port !== this.#port) {
      this.#port = port
      this.emit('change')
    }
  }
}
