import { EventEmitter } from 'node:events'
import type { AddressManager } from '@libp2p/interface-internal'
import type { Components } from '../components.ts'
import { overlay } from '../pubsub/limited-components.ts'

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
    if (this.#wanted) {
      // Loaded only here: most people never need it.
      const { uPnPNAT } = await import('@libp2p/upnp-nat')
      const addressManager: Components['addressManager'] = overlay(this.#components.addressManager, this.#hears())
      this.#service = uPnPNAT({ portMappingDescription: 'Natter' })(overlay(this.#components, { addressManager })) as unknown as Service
      await this.#service.start()
      return
    }
    const service = this.#service
    this.#service = undefined
    await service?.stop()
    this.#change(undefined)
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
