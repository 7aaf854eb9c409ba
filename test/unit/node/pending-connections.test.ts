import type { MultiaddrConnection } from '@libp2p/interface'
import { expect, it } from 'vitest'
import { PendingConnections } from '../../../main/node/pending-connections.ts'

const connection = (): MultiaddrConnection => new EventTarget() as unknown as MultiaddrConnection

it('connections count for their address until their handshake ends or they close, and once', () => {
  const pending = new PendingConnections()
  const [a, b] = [connection(), connection()]
  pending.add('192.0.2.1', a)
  pending.add('192.0.2.1', b)
  expect([pending.countOf('192.0.2.1'), pending.countOf('192.0.2.2')]).toEqual([2, 0])
  pending.remove(a)
  a.dispatchEvent(new Event('close'))
  expect(pending.countOf('192.0.2.1')).toBe(1)
  b.dispatchEvent(new Event('close'))
  expect(pending.countOf('192.0.2.1')).toBe(0)
})
