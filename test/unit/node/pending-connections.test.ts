import { expect, it } from 'vitest'
import { PendingConnections } from '../../../main/node/pending-connections.ts'

it('connections count for their address until they are removed, and once', () => {
  const pending = new PendingConnections<object>()
  const [a, b] = [{}, {}]
  pending.add('192.0.2.1', a)
  pending.add('192.0.2.1', b)
  expect([pending.countOf('192.0.2.1'), pending.countOf('192.0.2.2')]).toEqual([2, 0])
  expect([pending.has(a), pending.has({})]).toEqual([true, false])
  pending.remove(a)
  pending.remove(a)
  expect(pending.countOf('192.0.2.1')).toBe(1)
  pending.remove(b)
  expect(pending.countOf('192.0.2.1')).toBe(0)
})
