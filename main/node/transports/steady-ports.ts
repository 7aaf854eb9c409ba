import process from 'node:process'
import { choosePort } from '../ports.ts'

/**
 * Whether two connections may leave by the same local port to different places
 * through Node's public interface. libuv lets a port be bound twice on Linux
 * alone (`SO_REUSEADDR`, where nothing listens on it).
 */
export const SHARES_PORTS = process.platform === 'linux'

/**
 * Chooses the local ports by which relays are dialled. Two relays that are
 * dialled by one port show whether a network gives one outer port for all
 * places or another for each; and who leaves by that port again is seen from
 * outside at the place that the relays know.
 */
export class SteadyPorts {
  #port: Promise<number> | undefined
  readonly #used = new Set<string>()

  /** A port by which nobody was dialled at this place before: the end of an earlier connection may still be on its way. */
  async portFor (place: string): Promise<number> {
    // Relays are dialled side by side: who comes while a port is looked for waits for the same one.
    if (this.#port === undefined || this.#used.has(place)) {
      const port = choosePort(0)
      this.#port = port
      this.#used.clear()
      // Where there was none to be had, the next one looks again.
      port.catch(() => { this.#port = undefined })
    }
    this.#used.add(place)
    return this.#port
  }
}
