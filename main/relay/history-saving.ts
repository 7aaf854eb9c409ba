import { StoreError } from '../store/errors.ts'

/** Whether history can save posts. `failing`: for a reason other than a full disk. */
export type HistoryState = 'ok' | 'disk-full' | 'failing'

/** Message for the operator when the state changes. */
export const HISTORY_WORDS: Readonly<Record<HistoryState, string>> = {
  'disk-full': 'The disk that holds the history is full, so new posts are not saved. Live chat goes on. Make room, or lower max-history-bytes and restart; the relay tries again every minute.',
  failing: 'The history cannot be written, so new posts are not saved. Live chat goes on. Check the disk and the permissions of the data directory; the relay tries again every minute.',
  ok: 'The history is saved again. Posts missed in between arrive when the people who have them reconnect.'
}

/** Tracks whether history can save posts, so that a lasting fault is reported once and not once a post. */
export class SavingWatch {
  readonly #onChange: (state: HistoryState) => void
  #state: HistoryState = 'ok'
  #failures = 0

  constructor (onChange: (state: HistoryState) => void) {
    this.#onChange = onChange
  }

  get state (): HistoryState {
    return this.#state
  }

  /** Notes a failed write. Only the first one since the last success is reported. */
  failed (error: unknown): void {
    const wasOk = this.#state === 'ok'
    this.#failures++
    this.#state = error instanceof StoreError && error.code === 'ERR_DISK_FULL' ? 'disk-full' : 'failing'
    if (wasOk) this.#onChange(this.#state)
  }

  /**
   * Runs everything that waits to be written, and ends the fault where nothing
   * of it fails. A single success in between does not: on a disk with a few
   * free bytes, small posts get in while large ones fail, and each would be a
   * line.
   */
  async retry (work: () => Promise<unknown>): Promise<void> {
    const before = this.#failures
    try {
      await work()
    } catch (error) {
      this.failed(error)
    }
    if (this.#failures > before || this.#state === 'ok') return
    this.#state = 'ok'
    this.#onChange('ok')
  }
}
