import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LostStreams } from '../../../main/node/pubsub/lost-streams.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

// What real peers do is in test/interop; here are more streams than one would let in.
it('looks at so many ended streams of a peer only, however many it opens and closes', () => {
  let looked = 0
  let resets = 0
  const remotePeer = { toString: () => 'peer' } as PeerId
  const connection = { remotePeer, status: 'open', streams: [] as Stream[] } as unknown as Connection
  const lost = new LostStreams({ getConnections: () => [connection], isForeign: () => true, beginAnew: () => { resets++ } })
  const end = (status: 'aborted' | 'closed'): void => {
    const stream = new EventTarget()
    Object.defineProperty(stream, 'status', { get: () => { looked++; return status } })
    lost.watch(stream as unknown as Stream, connection)
    stream.dispatchEvent(new Event('close'))
  }
  for (let index = 0; index < 10_000; index++) end('closed')
  vi.advanceTimersByTime(1_000)
  expect(looked).toBeGreaterThan(0)
  expect(looked).toBeLessThanOrEqual(64)
  expect([resets, vi.getTimerCount()]).toEqual([0, 0])
  end('aborted')
  vi.advanceTimersByTime(1_000)
  expect(resets).toBe(1)
})
