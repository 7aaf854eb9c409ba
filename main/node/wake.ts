import { EventEmitter } from 'node:events'
import { uptime } from 'node:os'
import { addSleep, monotonicNow } from './clock.ts'

/** Milliseconds between two looks at the clocks. */
const LOOK = 2_000
/** Milliseconds by which clocks may differ between two looks. `uptime` counts whole seconds on macOS; by NTP a clock is set slowly, or at once by more. */
const DRIFT = 3_000
/** Milliseconds that a look may come late; by more, the process was stopped, or the computer slept on Windows, where all clocks go on. */
const LATE = 10_000
/** Milliseconds between two wakes: a clock that jumps all the time must not keep the program busy. */
const GAP = 3_000

/** What happened to time since the last look. */
export interface Wake {
  /** Milliseconds that the computer slept, where `performance.now` left them out. */
  readonly slept: number
  /** Milliseconds by which the wall clock was set ahead, the sleep left out; negative: back. */
  readonly set: number
}

/** The clocks of a computer, in milliseconds. */
export interface Clocks {
  /** What people call the time; can be set. */
  readonly wall: number
  /** Moves forward alone, and stands still in sleep. */
  readonly steady: number
  /** Moves forward alone, also in sleep. */
  readonly awake: number
}

/**
 * Notices that the computer slept, that its clock was set or that this process was stopped: three clocks
 * that go alike otherwise differ then.
 */
export class WakeWatch {
  readonly #read: () => Clocks
  readonly #addSleep: (milliseconds: number) => void
  readonly #events = new EventEmitter<{ wake: [Wake] }>().setMaxListeners(0)
  #last: Clocks
  #pending: Wake | undefined
  #toldAt = -Infinity
  #looking: NodeJS.Timeout | undefined
  #telling: NodeJS.Timeout | undefined

  constructor (read: () => Clocks, addSleep: (milliseconds: number) => void) {
    this.#read = read
    this.#addSleep = addSleep
    this.#last = read()
  }

  /** Tells the listener of each wake, three seconds apart at least; returns a function that ends it. */
  on (listener: (wake: Wake) => void): () => void {
    if (this.#looking === undefined) {
      // What happened while nobody listened is over.
      this.look()
      this.#looking = setInterval(() => { this.look() }, LOOK).unref()
    }
    this.#events.on('wake', listener)
    return () => {
      this.#events.off('wake', listener)
      if (this.#events.listenerCount('wake') > 0) return
      clearInterval(this.#looking)
      clearTimeout(this.#telling)
      this.#looking = this.#telling = this.#pending = undefined
    }
  }

  /** @param isResume the system said that the computer is awake again: a wake, whatever the clocks show */
  look (isResume = false): void {
    const { wall, steady, awake } = this.#read()
    const passed = Math.max(0, steady - this.#last.steady)
    const slept = significant(Math.max(0, awake - this.#last.awake - passed))
    const set = significant(wall - this.#last.wall - passed - slept)
    this.#last = { wall, steady, awake }
    this.#addSleep(slept)
    if (isResume || slept !== 0 || set !== 0 || passed > LOOK + LATE) this.#wake({ slept, set })
  }

  #wake ({ slept, set }: Wake): void {
    this.#pending = { slept: slept + (this.#pending?.slept ?? 0), set: set + (this.#pending?.set ?? 0) }
    if (this.#events.listenerCount('wake') === 0) {
      this.#pending = undefined
      return
    }
    const wait = Math.min(GAP, this.#toldAt + GAP - this.#last.steady)
    if (wait <= 0) this.#tell()
    else this.#telling ??= setTimeout(() => { this.#tell() }, wait).unref()
  }

  #tell (): void {
    const wake = this.#pending
    clearTimeout(this.#telling)
    this.#telling = this.#pending = undefined
    if (wake === undefined) return
    this.#toldAt = this.#read().steady
    this.#events.emit('wake', wake)
  }
}

function significant (milliseconds: number): number {
  return Math.abs(milliseconds) < DRIFT ? 0 : milliseconds
}

/** Where the system does not tell how long it has been up, a sleep shows by the wall clock alone, as if that had been set. */
function readClocks (): Clocks {
  const steady = performance.now()
  try {
    return { wall: Date.now(), steady, awake: uptime() * 1_000 }
  } catch {
    return { wall: Date.now(), steady, awake: steady }
  }
}

/** The process's own: there is one sleep, however many nodes there are. */
const watch = new WakeWatch(readClocks, addSleep)

/**
 * Tells the listener when deadlines have to be looked at: after sleep, after the clock was set, and after the
 * process was stopped. It comes within two seconds, three seconds apart at least, and may come for nothing.
 *
 * @returns a function after which the listener is not told any more
 */
export function onWake (listener: (wake: Wake) => void): () => void {
  return watch.on(listener)
}

/** The system said that the computer is awake again. */
export function noteResume (): void {
  watch.look(true)
}

/**
 * Makes a function that tells by how many milliseconds the wall clock was set since it was asked last; 0 mostly.
 * For what keeps dates by the wall clock and has to move them before it looks at them: it costs two looks at clocks.
 */
export function jumpMeter (): () => number {
  let apart = Date.now() - monotonicNow()
  return () => {
    if (significant(Date.now() - monotonicNow() - apart) === 0) return 0
    // A sleep looks the same until it is counted.
    watch.look()
    const before = apart
    apart = Date.now() - monotonicNow()
    return Math.round(significant(apart - before))
  }
}
