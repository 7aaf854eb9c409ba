/** What bytes wait in: a stream, or a connection where they belong to none of its streams yet. */
export interface Holder { readonly abort: (error: Error) => void }

/** One connection, and the bytes that wait in it and its streams. */
export interface HeldAccount {
  /** Says how many bytes wait in one place now. */
  readonly set: (holder: Holder, bytes: number) => void
  /** The connection has ended. */
  readonly close: () => void
}

interface Account {
  /** Accounts of one host make up a group, however many peer ids it uses. */
  readonly host: string
  readonly holders: Map<Holder, number>
  sum: number
}

/** How much may wait in memory. */
export interface HeldLimits {
  /** Bytes that may wait in the streams of one connection. */
  readonly perConnection: number
  /** The same for all connections together. */
  readonly total: number
}

/**
 * Counts the bytes that wait in streams, because their reader is slow or their writer faster than anybody reads,
 * and resets streams where that is too much.
 *
 * A window bounds one stream; this bounds what many streams hold together. Over a limit the stream that holds most
 * is reset: of the connection that is over its own limit, or of the host that holds most where all together are.
 */
export class HeldBytes {
  readonly #limits: HeldLimits
  /** Accounts in which something waits. */
  readonly #holding = new Set<Account>()
  /** What was reset here; what it says afterwards counts no more. */
  readonly #ended = new WeakSet<Holder>()
  #total = 0
  #resets = 0

  constructor (limits: HeldLimits) {
    this.#limits = limits
  }

  /** Bytes that wait now. */
  get total (): number { return this.#total }

  /** Streams that were reset because too much waited in them. */
  get resets (): number { return this.#resets }

  /** @param host the IP address that a connection comes from, or what else tells its owner from others */
  open (host: string): HeldAccount {
    const account: Account = { host, holders: new Map(), sum: 0 }
    let isClosed = false
    return {
      set: (holder, bytes) => { if (!isClosed) this.#set(account, holder, bytes) },
      close: () => {
        isClosed = true
        this.#total -= account.sum
        account.sum = 0
        account.holders.clear()
        this.#holding.delete(account)
      }
    }
  }

  #set (account: Account, holder: Holder, bytes: number): void {
    if (this.#ended.has(holder)) return
    const more = bytes - (account.holders.get(holder) ?? 0)
    if (bytes > 0) account.holders.set(holder, bytes)
    else account.holders.delete(holder)
    account.sum += more
    this.#total += more
    if (account.sum > 0) this.#holding.add(account)
    else this.#holding.delete(account)
    if (more <= 0) return
    while (account.sum > this.#limits.perConnection && this.#resetLargest(account));
    while (this.#total > this.#limits.total && this.#resetLargest(this.#fullest()));
  }

  /** Of the host that holds most, the connection that does. */
  #fullest (): Account | undefined {
    const hosts = new Map<string, number>()
    for (const { host, sum } of this.#holding) hosts.set(host, (hosts.get(host) ?? 0) + sum)
    const [most] = [...hosts].sort(([, a], [, b]) => b - a)
    return [...this.#holding].filter(({ host }) => host === most?.[0]).sort((a, b) => b.sum - a.sum)[0]
  }

  #resetLargest (account: Account | undefined): boolean {
    const [largest] = [...account?.holders ?? []].sort(([, a], [, b]) => b - a)
    if (account === undefined || largest === undefined) return false
    const [holder, bytes] = largest
    this.#ended.add(holder)
    this.#resets++
    account.holders.delete(holder)
    account.sum -= bytes
    this.#total -= bytes
    if (account.sum <= 0) this.#holding.delete(account)
    // Not amid what it is doing now.
    queueMicrotask(() => { holder.abort(new RangeError('too much waits for its reader')) })
    return true
  }
}
