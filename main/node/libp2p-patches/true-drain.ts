import type { Stream } from '@libp2p/interface'

/** What a stream has beyond its interface (@libp2p/utils 7.4.1). */
interface Inner extends Stream {
  writableNeedsDrain: boolean
  processSendQueue: () => boolean
  safeDispatchEvent: (type: string, detail?: object) => boolean
}

/**
 * Says that a stream takes more only when it does.
 *
 * Symptom: whoever writes to a slow peer and waits for `drain` after each write, as `byteStream` does, fills memory
 * all the same: what is written in pieces larger than the peer's window updates waits without end.
 * Cause: a stream tells its writers of each window update, also where what waits uses it up at once.
 * Fix: what waits is sent first, and writers are told if there is room after that.
 * Scope: every stream.
 * Upstream: none filed (2026-12-01).
 * Can go when: test/net/held-bytes.test.ts ('a writer that waits …') passes without this.
 */
export function tellTrueDrain (stream: Stream): void {
  const inner = stream as Inner
  const dispatch = inner.safeDispatchEvent.bind(inner)
  let isUnderWay = false
  inner.safeDispatchEvent = (type, detail) => {
    if (type !== 'drain') return dispatch(type, detail)
    inner.writableNeedsDrain = false
    if (!isUnderWay) {
      isUnderWay = true
      // After the connection has told all of its streams: the first one may use up what it takes.
      queueMicrotask(() => {
        isUnderWay = false
        try {
          inner.processSendQueue()
        } catch {
          // It ended meanwhile, and its users learn of that.
          return
        }
        if (!inner.writableNeedsDrain) dispatch('drain')
      })
    }
    return true
  }
}
