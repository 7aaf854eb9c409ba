import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Milliseconds until a name counts as one that does not resolve; under the 6 s that a dial has, so that the name is what is blamed. */
const DEADLINE = 4_000
/**
 * Names that are looked up at once. The system's resolver holds one of Node's
 * four worker threads for each, for 10 s and more where nobody answers its
 * queries; files are read and written by the same threads.
 */
const AT_ONCE = 2

const running = new Map<string, Promise<readonly LookupAddress[]>>()

/**
 * The system's resolver for `net.connect`, with a deadline, and never more than
 * two of its threads: who asks for a name that is being looked up waits with the rest.
 */
export const boundedLookup: LookupFunction = (name, options, callback) => {
  const family = familyOf(options.family)
  let done = false
  const finish = (error: NodeJS.ErrnoException | null, found: readonly LookupAddress[] = []): void => {
    if (done) {
      return
    }
    done = true
    clearTimeout(timer)
    const [first] = found
    if (error !== null || first === undefined) {
      callback(error ?? notFound(name), '')
    } else if (options.all === true) {
      callback(null, [...found])
    } else {
      callback(null, first.address, first.family)
    }
  }
  const timer = setTimeout(() => { finish(notFound(name)) }, DEADLINE)
  find(name, family, () => done).then((found) => { finish(null, found) }, (error: unknown) => { finish(error as NodeJS.ErrnoException) })
}

async function find (name: string, family: 0 | 4 | 6, isLate: () => boolean): Promise<readonly LookupAddress[]> {
  const key = `${String(family)} ${name}`
  while (!isLate()) {
    const same = running.get(key)
    if (same !== undefined) {
      return same
    }
    if (running.size < AT_ONCE) {
      const work = ask(name, family).finally(() => { running.delete(key) })
      running.set(key, work)
      return work
    }
    await Promise.race(running.values()).catch(() => undefined)
  }
  throw notFound(name)
}

async function ask (name: string, family: 0 | 4 | 6): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(name, { all: true, family }, (error, found) => {
      if (error === null) {
        resolve(found)
      } else {
        reject(error)
      }
    })
  })
}

function familyOf (family: LookupOptions['family']): 0 | 4 | 6 {
  return family === 4 || family === 'IPv4' ? 4 : family === 6 || family === 'IPv6' ? 6 : 0
}

function notFound (name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} was not found in time`), { code: 'EAI_AGAIN' })
}
